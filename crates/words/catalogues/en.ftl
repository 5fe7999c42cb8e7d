# English: the catalogue that every other one follows, entry by entry.
#
# `refused-<code>` is what a refusal says, its `.hint` what to do next. The variables of an entry are the facts that the code
# gives (books/src/rejection/codes.rs); a fact that is not there is empty. `{ $problem }` is the entry `fault-<code>` of its
# fault. Codes, quantities and dates are data: they stand as they are. A test finds an entry that is missing, superfluous, or
# asks for a fact that its code does not give.
#
# `column-<field>` is the heading of a column, `<list>-<word>` a word of a closed list (answers/src/table/lists.rs), `table-...`
# what a table says itself, `console-...` a text of the console, `unread-...` why bytes are no command, `why-...` why a question has
# no answer, `door-...` why a door let nothing through, `flaw-...` what is wrong with a source. Programs get the field and the word as
# they are.

## Refusals

refused-id_reused = the id belongs to event { $event }, whose `{ $field }` differs
    .hint = give a new command a new id; to change what was recorded, post a `correct`
refused-role_not_permitted = the role of `{ $party }` does not allow this
    .hint = auditors and suppliers write nothing, and some acts are for agencies or secretariats
refused-unknown_party = no party `{ $code }` is registered
    .hint = register it first with the act `register_party`
refused-unknown_material = no material `{ $code }` is registered
    .hint = register it first with the act `register_material`
refused-unknown_site = no site `{ $code }` is registered
    .hint = register it first with the act `register_site`
refused-unknown_lot = no lot `{ $code }` is registered
    .hint = a lot begins with a `deposit` that names its material
refused-unknown_dispatch = no dispatch `{ $code }` is registered
    .hint = post the `dispatch` first; material without one is a `deposit`
refused-unknown_loan = no loan `{ $code }` is registered
    .hint = post the `lend` first
refused-unknown_encumbrance = no encumbrance `{ $code }` is registered
    .hint = post the `encumber` first
refused-unknown_authority = no authority `{ $code }` is registered
    .hint = post the `authorize` first
refused-unknown_reserve = no reserve `{ $code }` is registered
    .hint = post the `establish_reserve` first; see `granary reserve status`
refused-unknown_commitment = no commitment `{ $code }` is registered
    .hint = post the `commit` first
refused-unknown_debt = no debt `{ $code }` is registered
    .hint = a debt begins with a `withdraw` that is to be replenished; see `granary reserve debts`
refused-unknown_activation = no activation `{ $code }` is registered
    .hint = post the `activate` first
refused-unknown_call = no call `{ $code }` is registered
    .hint = post the `call` first; see `granary reserve calls`
refused-unknown_order = no joint order `{ $code }` is registered
    .hint = who runs the reserve, or the buying, opens it with `open_order`
refused-unknown_floor = no price floor `{ $code }` is registered
    .hint = post the `set_price_floor` first
refused-unknown_right = no right `{ $code }` is registered
    .hint = post the `acquire_right` first
refused-unknown_restriction = no restriction `{ $code }` is registered
    .hint = post the `restrict` first
refused-unknown_licence = no licence `{ $code }` is registered
    .hint = post the `license` first
refused-unknown_share_limit = no share limit `{ $code }` is registered
    .hint = post the `set_share_limit` first
refused-unknown_request = no request `{ $code }` is registered
    .hint = post the `request_access` first
refused-unknown_report = no report `{ $code }` is registered
    .hint = receive it first: `granary reconcile receive`; see `granary reconcile reports`
refused-unknown_break = no break `{ $code }` is registered
    .hint = see `granary reconcile list`
refused-unknown_match = no match `{ $code }` is registered
    .hint = post the `match_lines` first
refused-unknown_publication = no publication `{ $code }` is registered
    .hint = post the `publish` first
refused-unknown_trusted_log = no trusted log `{ $code }` is registered
    .hint = say whom to believe about it: `granary audit trust`; see `granary audit told trusted`
refused-unknown_fact = no fact `{ $code }` is registered
    .hint = see `granary audit told facts`
refused-unknown_person = no person `{ $code }` is registered
    .hint = register it first with the act `register_person`
refused-unknown_mandate = no mandate `{ $code }` is registered
    .hint = an owner gives one with the act `mandate`; see `granary list mandates`
refused-ambiguous_code = { $kind } `{ $code }` is several that you see
    .hint = say under whom it lives: `PARTY::{ $code }`
refused-unit_differs = `{ $field }`: { $problem }
    .hint = give the quantity in a unit of the material's dimension, or cite the factor that it goes by: `1000 m3 by event 16`
refused-not_whole = `{ $field }`: { $problem }
    .hint = { $decimals ->
        [none] round it: no decimal number of the accounting unit says it exactly
       *[other] round it, or account it under a material registered with `"decimals": { $decimals }`, in which it is exact
    }
refused-basis_differs = `{ $material }` is accounted as { $basis }, not as { $given }
    .hint = state the moisture in the assay of a new lot (dry and wet), or restate the quantity by its assay first: different bases are never added
refused-lot_differs = lot `{ $lot }` was described otherwise: another material, form, source, origin, supplier, assay or price
    .hint = leave the description out to add to the lot, measure it anew with `assay`, or choose another lot code
refused-lot_undescribed = lot `{ $lot }` is new and its `material` is missing
    .hint = name its material
refused-unreadable_value = `{ $field }`: { $line ->
        [none] { "" }
       *[other] line { $line }: { "" }
    }{ $problem }
    .hint = correct the field and post again
refused-not_permitted = `{ $party }` may not post this for `{ $owner }`
    .hint = the owner posts it, who keeps the site, who runs the reserve, or whoever has a mandate: see `granary list mandates`
refused-secretariat_only = only a secretariat does this, and `{ $party }` is none
    .hint = a secretariat gives the roles of secretariats and auditors, changes roles, and loosens controls
refused-own_reports = `{ $party }` does not settle alone what its own reports say
    .hint = the other side or a secretariat compares and closes; the party itself may explain, assign and agree
refused-invalid_value = `{ $field }`: { $line ->
        [none] { "" }
       *[other] line { $line }: { "" }
    }{ $problem }
    .hint = correct the field and post again
refused-quantity_zero = the quantity is zero
    .hint = say how much, or leave it out
refused-source_is_target = source and target are the same
    .hint = name another target
refused-assay_exceeds_whole = the contents and the moisture add up to more than 100%
    .hint = give elements or oxides, not both
refused-effective_in_future = the effective date has not come yet; the latest possible is { $last }
    .hint = post it on its day, or `encumber` the stock until then
refused-already_registered = { word-kind } `{ $code }` exists already
    .hint = { $kind ->
        [party] choose another code, or change it with `amend_party`
        [material] choose another code, or change it with `amend_material`
        [site] choose another code, or change it with `amend_site`
        [reserve] choose another code, or change it with `amend_reserve`
        [report] a corrected report has a number of its own, and names the lines that it replaces
        [break] what it is about is in a break that is not closed; close that one first
        [match] one of the lines is joined by it; `granary reconcile unmatch` takes it back
        [fact] a fact is recorded once; see `granary audit told facts`
       *[other] choose another code
    }
refused-period_goes_back = the books are closed through { $through } already
    .hint = close a later day
refused-head_differs = the first { $size } events of this log have another root, or are not recorded yet
    .hint = take size and root from the checkpoint of this log: `granary audit checkpoint`; if they came from there, keep that checkpoint as evidence and call the auditor
refused-balances_differ = the balances of `{ $owner }` at the end of { $through } are not those that were signed
    .hint = something changed since: look again with `granary audit digest`, and close with what it says
refused-still_waits = event { $event } of { $day } lies in the period and still waits for a checker
    .hint = another person posts `approve` or `decline` with `"held": { $event }` first: once the period is closed, its approval would be refused
refused-not_acknowledged = { $in_transit ->
        [none] { "" }
       *[other] on its way at the end of the period: { $in_transit }{ $uncounted ->
            [none] { "" }
           *[other] ; { "" }
        }
    }{ $uncounted ->
        [none] { "" }
       *[other] not counted in the period: { $uncounted }
    }
    .hint = look at it (`granary list dispatches`, `granary history`), and close with `acknowledge`:{ $in_transit ->
        [none] { "" }
       *[other] { " " }in_transit
    }{ $uncounted ->
        [none] { "" }
       *[other] { " " }uncounted
    }
refused-arrives_before_dispatch = dispatch `{ $place }` left on { $day }
    .hint = an arrival may be one day earlier by the calendar (time zones), not more
refused-encumbrance_elsewhere = encumbrance `{ $encumbrance }` lies on { word-account }
    .hint = name the lot, site and owner it was made for, or another encumbrance
refused-blocked = `{ $encumbrance }` is a hold
    .hint = release the hold first
refused-encumbrance_not_begun = encumbrance `{ $encumbrance }` begins on { $first }
    .hint = draw on or after that day
refused-encumbrance_lapsed = encumbrance `{ $encumbrance }` lapsed after { $last }
    .hint = draw without it: what it set aside is free again
refused-nothing_left = { $event ->
        [none] nothing was left of `{ $encumbrance }` on { $day }
       *[other] nothing was left of `{ $encumbrance }` on { $day }: event { $event } took the last of it
    }
    .hint = there is nothing to release; `granary history --act release` shows what was
refused-needs_consent = `{ $encumbrance }` is a right of `{ $party }` too, and its owner does not lower it alone
    .hint = let `{ $party }` post the `release`, or let a secretariat post it
refused-authority_missing = movements of `{ $material }` must cite an authority
    .hint = name the plan ceiling or authorisation in `authority`; one is set with the act `authorize`
refused-authority_does_not_fit = authority `{ $authority }` lets `{ $party }` { $direction ->
        [deposit] deposit
       *[draw] draw
    } `{ $material }`, nothing else
    .hint = cite one for this party, material and direction
refused-authority_not_in_force = authority `{ $authority }` is in force from { $first }{ $last ->
        [none] { "" }
       *[other] { " " }through { $last }
    }
    .hint = cite one that is in force on the effective date
refused-reserve_closed = reserve `{ $reserve }` is being wound up
    .hint = debts can be paid and entitlements withdrawn for good; nothing new is promised, called or lent
refused-not_a_member = `{ $party }` takes no part in reserve `{ $reserve }` on { $day }
    .hint = see `granary reserve members`; membership is changed with `set_member`
refused-notice_too_short = the rules of reserve `{ $reserve }` want notice: not before { $first }
    .hint = name that day or a later one in `first`
refused-no_key_in_force = no key of reserve `{ $reserve }` divides anything on { $day }
    .hint = set one with `set_key`, record the figures it goes by with `record_base`, or state the parts
refused-does_not_fit = { word-kind } `{ $code }` { $problem }
    .hint = name one that fits, or leave it out
refused-ended = { word-kind } `{ $code }` ended on { $day }
    .hint = nothing more can be posted under it
refused-not_in_force = { word-kind } `{ $code }` is not in force on { $day }
    .hint = cite one that is in force on the effective date
refused-no_substitute = the rules name no rate at which `{ $material }` stands for `{ $instead_of }`
    .hint = deliver the material that was asked, or have the rules amended
refused-price_not_compared = no rate says how a price in { $currency } compares with floor `{ $floor }` of { $price }
    .hint = record the rate of the day with `record_rate`, or state the price in the currency of the floor
refused-below_price_floor = the price lies below floor `{ $floor }` of { $price }
    .hint = agree a higher price, or set a floor that flags instead of refusing
refused-restricted = lot `{ $lot }` may not go there under restriction `{ $restriction }`
    .hint = { $licensable ->
        [yes] say a licence under it in `licence`; an act without that field, as `transfer` or `amend_site`, takes it nowhere: `dispatch`, `draw` or `deliver` it first
       *[no] no licence lets it through; see `granary reserve blocked`
    }
refused-origin_differs = `{ $field }`: lot `{ $lot }` goes in, and `{ $given }` is not what is known of all of it
    .hint = leave it out, for origin follows from what goes in; a step done here has the country of the site
refused-not_held = no command waits at event { $event }
    .hint = it was settled before, or never waited: see `granary history --held`
refused-nothing_to_reverse = there is no event { $event }
    .hint = see `granary history`
refused-already_reversed = event { $event } was reversed by event { $by }
    .hint = to undo that, reverse the correction
refused-not_reversible = event { $event } moved and set aside nothing
    .hint = name the event that did: an approval, where a command was held; facts are changed with an `amend` act, and a factor is set anew, from the same day on, with `set_factor`
refused-checker_is_maker = `{ $person }` made it and cannot check it
    .hint = another person has to approve it
refused-same_person = `{ $person }` dispatched it and cannot receive it
    .hint = another person has to receive it: name them in `maker`
refused-break_rule = break `{ $break }`: { $rule ->
        [unknown] there is no break { $break }
        [closed] the break is closed: open another that follows it
        [out_of_order] the act is dated before the last one
        [not_a_reason] `unknown` is no explanation
        [not_explained] only an explained break can be written off
        [same_person] the person who explained a break cannot write it off
        [does_not_fit] a break of this class does not end this way
        [beyond_tolerance] the difference is more than the { $quantity } allowed
       *[not_agreed_by_both] a difference is agreed by both parties of the break
    }
    .hint = { $rule ->
        [beyond_tolerance] a `set_tolerance` by its day says what is allowed; else it ends by a correction, an agreement or an authority
       *[other] see `granary reconcile show` for what was done about it, and docs/reconciliation.md for how a break ends
    }
refused-bad_proof = the proof of the fact does not hold: { $problem }
    .hint = ask its ledger for the fact again; check it with `granary audit verify`
refused-not_witnessed = the quorum `{ $quorum }` is not reached; cosigned by { $cosigned ->
        [none] nobody
       *[other] { $cosigned }
    }
    .hint = ask its ledger for the fact again once its witnesses have cosigned
refused-not_linked = `{ $log }` was seen with { $seen } entries, and nothing shows that the { $size } of this fact continue them
    .hint = ask for the fact again with `granary audit share --since { $seen }`, or receive it with --from
refused-split_view = split view: `{ $log }` has signed two different trees of { $size } entries
    .hint = { $event ->
        [none] the other one stands in an earlier event
       *[other] the other one stands in event { $event }
    }; trust nothing of it until its keeper has explained both
refused-period_closed = `{ $party }` is closed through { $through }; { $day } lies in it
    .hint = post it with a later effective date: it becomes a restatement
refused-exceeds_dispatch = dispatch `{ $place }` has { $quantity } of lot `{ $lot }` on the way
    .hint = where the receiver weighed more, give the shipper's figure in `shipped`: the difference is booked by itself
refused-exceeds_loan = loan `{ $place }` has { $quantity } of lot `{ $lot }` out
    .hint = what comes back beyond the loan is a `deposit`
refused-does_not_balance = { $inputs } goes in, { $outputs } comes out or is lost
    .hint = state the `loss`, or correct a quantity
refused-assay_missing = lot `{ $lot }` has no assay: nothing says how much can come out
    .hint = record its assay, or state as `loss` all that goes in and does not come out
refused-yield_exceeds_feed = more { $analyte } would come out than went in, by the assays
    .hint = check the quantities, or re-assay the feed with the act `assay`
refused-rotation_lowers_stock = less comes in than goes out, or another material, or some is lost on the way
    .hint = a rotation puts back at least as much of the same; the rest is a `draw`
refused-exceeds_encumbrance = encumbrance `{ $encumbrance }` had { $quantity } left on { $day }{ $later ->
        [none] { "" }
       *[other] , and this would not hold: { $later }
    }
    .hint = { $event ->
        [none] take less under it, and the rest without it
       *[other] take back first what was drawn under it; see `granary ask event --seq { $event }`
    }
refused-exceeds_authority = authority `{ $authority }` has { $quantity } left
    .hint = post less, or cite a second authority for the rest
refused-exceeds_call = `{ $party }` has { $quantity } left of its part of call `{ $call }`
    .hint = commit more to the call first, or post less
refused-exceeds_entitlement = `{ $party }` had { $quantity } of its entitlement in reserve `{ $reserve }` free on { $day }
    .hint = draw less, have other members lend theirs in `lenders`, or replenish first
refused-exceeds_open = the { word-tally } of `{ $party }` stood at { $quantity } on { $day }
    .hint = { $tally ->
        [mandate] who gave the mandate gives another, or does the rest itself; `granary list mandates` says what is left of each
       *[other] post less, or correct what came after that day first
    }
refused-tally_overflow = the { word-tally } of `{ $party }` would exceed what can be counted
    .hint = account the material in a larger unit
refused-exceeds_balance = { word-account } held { $quantity } on { $day }{ $later ->
        [none] { "" }
       *[other] , and this would not hold: { $later }
    }
    .hint = see `granary history --lot={ $lot }`{ $event ->
        [none] { "" }
       *[other] , and `granary ask event --seq { $event }`; a correction may say in `with` what stands in the place of what it takes back
    }
refused-book_differs = { word-account } held { $quantity } on { $day }, and at no time of that day what it was counted against
    .hint = count again against { $quantity }, or name the event that came after the count in `before_event`; see `granary history --lot={ $lot }`
refused-exceeds_available = { word-account } had { $quantity } free on { $day }; the rest is set aside{ $later ->
        [none] { "" }
       *[other] , and this would not hold: { $later }
    }
    .hint = draw `under` an encumbrance, or release one; see `granary history --lot={ $lot }`{ $event ->
        [none] { "" }
       *[other] , and `granary ask event --seq { $event }`
    }
refused-below_floor = { word-account } would fall below its floor of { $quantity } on { $day }{ $later ->
        [none] { "" }
       *[other] : { $later }
    }
    .hint = the limit can be changed with the act `set_limit`{ $event ->
        [none] { "" }
       *[other] , and `granary ask event --seq { $event }`
    }
refused-above_ceiling = { word-account } would rise above its ceiling of { $quantity } on { $day }{ $later ->
        [none] { "" }
       *[other] : { $later }
    }
    .hint = the limit can be changed with the act `set_limit`{ $event ->
        [none] { "" }
       *[other] , and `granary ask event --seq { $event }`
    }
refused-not_enough = { word-account } does not allow as much
    .hint = how it stands is for its owner to say
refused-rights_do_not_allow = what another has there does not allow it
    .hint = how it stands is for its owner to say, and for who runs the reserve
refused-overflow = { word-account } would exceed what can be counted
    .hint = account the material in a larger unit
refused-maker_missing = a movement of `{ $material }` this large needs two persons
    .hint = name the person who makes it in `maker`; another approves it

## What is recorded, and somebody has to look at

accepted-held = waits for a checker who is not its maker
    .hint = another person posts `approve` with `"held": { $event }`
accepted-shortfall = { word-account } holds { $quantity } less than is set aside on { $day }
    .hint = what comes in, and what is released, makes it smaller; until then owner and beneficiaries see it in `granary list encumbrances`

accepted-left_open = at the end of the period { $in_transit ->
        [none] { "" }
       *[other] is on its way: { $in_transit }{ $uncounted ->
            [none] { "" }
           *[other] ; { "" }
        }
    }{ $uncounted ->
        [none] { "" }
       *[other] was not counted in it: { $uncounted }
    }
    .hint = whoever signs a close acknowledges it, with `acknowledge`
accepted-feed_below_yield = more { $analyte } came out of lot `{ $lot }` in event { $event } than it holds, by what is measured now
    .hint = measure what came out, too, or correct event { $event }

accepted-document_twice = event { $event } says the same of the same document
    .hint = if it is the same document, take one of the two back: `granary do correct --reverses { $event }`

## Refusals of senders, before anything is decided

refused-not_your_party = `{ $party }` may not post for `{ $owner }`
    .hint = post for the party of your token, or sign with a key of the other
refused-unknown_key = the key { $key } is not one of `{ $party }`
    .hint = the secretariat registers keys with the party
refused-quota_used_up = `{ $party }` has registered as much as one party may within an hour
    .hint = go on later; whoever runs the ledger sets `quota.registrations_max`

refused-group_refused = command { $number } of the group was refused ({ $refused }{ $event ->
        [none] { "" }
       *[other] , event { $event }
    }), so that none of them stands
    .hint = correct command { $number }, give each command a new id, and post the group again
refused-group_differs = command { $number } of the group came before{ $event ->
        [none] { "" }
       *[other] {" "}as event { $event }
    }, and not as a part of this group
    .hint = give each command of a new group an id of its own; to ask what became of a group, post the very same again
refused-group_waits = command { $number } of the group needs a second person, and a group does not wait
    .hint = post it by itself, so that it is held; approvals of held commands can be a group
refused-no_consent = command { $number } of the group is `{ $party }`'s, and nothing shows that it consents
    .hint = add its signature over the list to `consents` (`granary sign --what group` makes it), or send the group as one who may post for it
refused-bad_consent = consent { $number } of the group, by key `{ $key }`, is by no key of a party of the group, is over another list, or stands no more
    .hint = leave it out, or sign the list anew with `granary sign --what group`

## Faults: what is wrong with the value, thing or proof that a refusal names (books/src/rejection/fault.rs)

fault-empty = must not be empty
fault-too_long = is longer than { $most } bytes
fault-control_characters = must not hold control characters
fault-not_a_country = `{ $text }` is not a country code of two capital letters (ISO 3166-1)
fault-not_a_zone = `{ $text }` is not an IANA time zone, such as `Asia/Tokyo`
fault-not_a_day = `{ $text }` is not a date; write it as YYYY-MM-DD
fault-not_a_time_of_day = `{ $text }` is no time of a day; write it as 2026-03-10T16:19, by the clock of the party, or the day alone
fault-not_a_time = `{ $text }` is not a time; write it as 2026-03-10T09:00:00Z
fault-before_1970 = `{ $text }` lies before 1970
fault-before_first = lies before `first`
fault-not_after_first = must lie after `first`
fault-before_effective = must not lie before the effective date
fault-window_begins_early = the window must begin on or after the effective date
fault-window_ends_early = the window must not end before it begins
fault-right_begins_later = lies before the right begins
fault-period_not_ended = the period has not ended
fault-year_out_of_range = is not between { $first } and { $last }

fault-number_empty = `{ $text }`: the number is empty
fault-number_negative = `{ $text }`: negative quantities are refused: the movement type fixes the sign
fault-number_plus = `{ $text }`: a plus sign is refused: the movement type fixes the sign
fault-number_exponent = `{ $text }`: the exponent form is refused: write all digits
fault-number_separator = `{ $text }`: the separator `{ $character }` is refused: write digits and at most one decimal point
fault-not_a_number = `{ $text }`: `{ $character }` is not part of a number
fault-number_bare_point = `{ $text }`: a decimal point needs a digit on both sides
fault-number_too_fine = `{ $text }` has more than { $most } decimals
fault-number_too_large = `{ $text }`: the number is too large to be counted
fault-unit_missing = `{ $text }` has no unit: write for example `{ $expected }`
fault-written_otherwise = `{ $text }`: write `{ $expected }`
fault-not_a_unit = `{ $text }`: `{ $unit }` is not a unit
fault-two_units = `{ $text }`: `{ $unit }` is a thousand barrels to some and a million to others: write `kbbl` or `MMbbl`
fault-not_a_basis = `{ $text }`: `{ $basis }` is not a basis: write gross, net, wet, dry, REO or contained:<element or oxide>
fault-not_a_formula = `{ $text }` is not the formula of an element or oxide
fault-words_after = `{ $text }` has words after its unit and basis
fault-other_dimension = `{ $text }` cannot be said in { $unit }, in which `{ $material }` is accounted
fault-other_basis = `{ $text }`: the material is accounted as { $basis }, not as { $given }
fault-step_divided = `{ $text }` is not a whole number of { $step }, in which it is accounted
fault-too_many_steps = `{ $text }` is more than can be counted in steps of { $step }
fault-no_factor = `{ $text }` cites no factor that was set for this lot or material; write it as `1000 m3 by event 16`
fault-marks_not_counted = are to be as many as are counted, each of them once
fault-mark_not_there = `{ $text }` is not there
fault-no_items = must be more than zero, unless none was found
fault-items_too_few = there were { $text } on { $day }
fault-not_a_density = `{ $text }` is no factor between two of mass, volume and energy; write it as `0.85 t/m3` or `42.5 GJ/t`
fault-not_money = `{ $text }` is not an amount of { $currency }; write it as `1000.00 { $currency }`
fault-not_a_currency = `{ $text }` is not a currency code (ISO 4217)
fault-not_a_price = `{ $text }` is not a price; write it as `85.20 USD/kg`, or as `85.20 USD` for one unit in which the material is shown
fault-not_a_rate = `{ $text }` is not between two currencies; write it as `1.0842 USD/EUR`
fault-price_per_other = is for one { $unit }, in which this material is not measured
fault-not_as_awarded = is `{ $given }`; the award says `{ $expected }`: say in `differs` why it is taken
fault-paid_already = is paid already for what came of it
fault-paid_more = is more than what came costs at the price of the award: say in `differs` why it is paid
fault-share_without_unit = `{ $text }` has no unit; write `75.2%`, `120 ppm` or `5 ppb`
fault-share_above_whole = `{ $text }` is more than the whole
fault-not_a_grade = `{ $text }` is not a grade; write it as `Nd2O3 99.5%`
fault-not_a_hash = `{ $text }` is not a SHA-256 in hexadecimal
fault-not_a_hash_in_base64 = `{ $text }` is not a SHA-256 in base64
fault-document_not_a_hash = a document is named by its SHA-256: 64 hexadecimal digits
fault-no_piece = `{ $text }` names no piece of a record; write `event 12.0`, `PARTY/7:3`, `PARTY/7:=2` or `held 2026-03-31 SITE MATERIAL`
fault-no_command = no command `{ $text }` is recorded

fault-too_many = are more than { $most }
fault-lines_too_many = { $count } are too many for one act; the most is { $most }
fault-act_too_large = the act is too large to record
fault-goes_on_in_another = has more than { $most } lines; let another act go on from it
fault-five_numbers = has five numbers: taken, as the books had them, refused, skipped, unreadable
fault-event_not_recorded = names an event that is not recorded
fault-events_out_of_order = names events out of order, or twice
fault-too_many_decimals = must be at most { $most }
fault-more_than_whole = is more than the whole
fault-rate_out_of_range = a rate lies above nothing and below a million
fault-months_odd = is 1, 2, 3, 4, 6 or 12
fault-less_than_nothing = consumption is never less than nothing
fault-costs_too_much = costs more than can be counted
fault-counts_for_too_much = counts for more than can be counted
fault-adds_up_to_too_much = adds up to more than can be counted
fault-more_than_first = is more than the first input
fault-more_than_asked = is more than was asked for
fault-lent_more_than_drawn = lend more than is drawn
fault-nobody_to_divide_among = there is nobody to divide among
fault-weights_all_zero = all weights are zero

fault-no_lot = must name at least one lot
fault-at_least_one = must hold at least one
fault-needed_for_kind = must be stated for this kind
fault-follows_from_pledges = follow from the pledges
fault-total_or_parts = state a total or the parts, and not both
fault-goes_with_debt = goes with a debt
fault-goes_with_replenishment = debt and quantity go with a replenishment, and with nothing else
fault-not_who_asked = is neither who the access was asked for, nor who asked
fault-destination_needed = has to be said: it is the country to which the material goes
fault-more_than_paid_in = is more than the member paid in and is owed
fault-goes_with_material = goes with a material of its own, and without weights and year
fault-more_than_in_pool = is more than lies in the pool and was granted to nobody
fault-goes_with_penalty = goes with a penalty, and with nothing else
fault-goes_with_contribution = goes with a contribution
fault-lends_only_for_debt = lend only what is put back: name the debt
fault-says_when_path_ends = says when a path reaches its end
fault-restatement_needs_reason = a restatement says why
fault-checker_needed = must name the person who checks
fault-publisher_needed = must name the person who publishes; another one approves
fault-signer_needed = must name the person who signs the close; another one approves it
fault-arrival_needed = names the line that arrived (`--piece` of the tool)
fault-correction_needed = names what corrects (`--piece` of the tool)
fault-counts_for_each_class = has one number for each class
fault-break_of_nothing = a break names what it is about
fault-moisture_needed = contents of another weight than the accounted one need the `moisture`
fault-needs_no_explanation = needs no explanation

fault-member_twice = name a member twice
fault-line_twice = names a line twice
fault-lot_twice = a lot is counted twice
fault-moved_elsewhere = moved nothing of these lots here on that day
fault-piece_twice = names one piece twice: a piece is in one open break at most
fault-analyte_twice = `{ $analyte }` appears twice
fault-tier_twice = name `{ $text }` twice
fault-already_open = the ledger is open already
fault-accepted_before = was accepted before
fault-pool_taken = a pool is a party of its own that whoever establishes the reserve has registered for it and that never acted: without keys, persons, sites, stock or rights

fault-other_material = is of another material
fault-other_material_than_lines = is of another material than the other lines
fault-other_lot = lot `{ $code }` is of another material or form than the first
fault-other_form = is owed in another form
fault-other_unit = differs from the one it was published in
fault-other_dimension_than_unit = is of another dimension than `unit`
fault-not_of_its_unit = joins nothing to { $unit }, the unit in which the material is accounted
fault-other_currency = is in { $given }; the reserve's currency is { $currency }
fault-other_reserve = is of another reserve
fault-other_commitment = is of another reserve, member or material
fault-other_debt = is of another reserve or member, or is not owed to the pool
fault-other_licence = is under another restriction, or for another holder or material
fault-right_to_other_material = is to another material
fault-promised_elsewhere = was promised to another reserve
fault-material_is_fixed = unit, decimals and basis of a material cannot change; register a new material
fault-no_licences = knows no licences
fault-no_tier = is none of the reserve's rules
fault-no_demand = `{ $party }` declared no demand
fault-no_method = no method `{ $text }` is set by then; post the `set_method` first
fault-no_beneficiary = names no beneficiary
fault-not_for_beneficiary = is none of a ticket, a delegation, a pledge and a security
fault-not_awarded = is not awarded yet
fault-less_to_come = has less than this to come
fault-is_the_pool = is the pool itself
fault-lends_to_itself = the drawer lends to itself
fault-same_party = is the same party
fault-restated_too_early = a restatement is published after the figure it restates
fault-described_already = is described like that already
fault-made_from_others = was made from other lots and follows them: amend those, or correct the event that made it
fault-made_by_reversed = was made by an event that is reversed: describe it anew
fault-not_by_correction = `{ $act }` changes more than quantities: post what undoes it
fault-came_back = a part of it came back: reverse that first
fault-needs_no_authority = what comes back is neither taken over nor bought: leave `opening` and `authority` out
fault-not_in_its_place = `{ $act }` does not stand in the place of what is reversed: post it by itself
fault-count_taken_back = a count that was taken back does not come back: record it again

fault-no_such_line = report `{ $code }` has no line { $number }
fault-no_such_balance = report `{ $code }` has no balance { $number }
fault-one_sided = a match joins lines of both records
fault-moves_nothing = names an event that moves nothing there
fault-not_their_line = names no line of a report of the party that is compared
fault-own_line = names a line of the party itself: it stands on the other side
fault-others_movement = names a movement of another party's stock
fault-piece_of_break = is a piece of the break itself: name what arrived, or what corrects it
fault-not_of_account = is no movement or reported line of the party and material of the break
fault-not_closed = is not closed
fault-reports_from_one = reports are numbered from 1
fault-balances_needed = a statement states at least one opening and closing
fault-line_out_of_place = stands where line { $expected } is expected
fault-line_past_report = is past the { $most } of the report
fault-line_negative = is negative: `way` says whether it came in
fault-withdraws_nothing = takes away without naming what
fault-other_file = is not the file that `{ $code }` was begun from
fault-begun_anew = `{ $code }` was begun anew since
fault-report_complete = the report has all its lines; correct one in a later report

fault-itself_log = is this ledger itself
fault-names_no_log = names no log
fault-has_key_of_other_log = has the key of another log, `{ $log }`
fault-of_other_log = is of another log, `{ $log }`
fault-too_many_lines = more than { $most } lines
fault-key_not_in_force = begins at `{ $key }`, and `{ $expected }` is in force since event { $event }
fault-key_was_in_force = `{ $key }` was in force before

fault-fact_too_long = is longer than { $most } bytes
fault-fact_part_missing = the fact has no { $part ->
    [text] text in UTF-8
    [head] first line `granary-fact/1`
    [entry] entry
    [receipt] receipt
    [entry_lines] entry in lines of base64
    [entry_base64] entry in standard base64
    [newline] newline at its end
    [old_size] size after `old`
    [old_root] root after `old`
   *[old_proof] consistency proof after `old`
}
fault-fact_of_other_event = the statement is about another event than the receipt
fault-entry_differs = the entry says otherwise than `{ $text }` of the statement
fault-statement_head = a statement begins with `granary-fact/1`
fault-statement_line = is missing, unknown or out of order
fault-statement_number = a number is not in decimal
fault-statement_id = `id` is not 32 digits of hexadecimal
fault-statement_day = `effective` is not a date YYYY-MM-DD
fault-statement_quantity = `quantity` is not a number, its unit and the decimals kept of it
fault-statement_decimals = more decimals than are kept
fault-statement_unit = the unit is not known
fault-statement_not_as_read = the text is not written as it is read

fault-note_too_long = { word-part } is longer than is read
fault-note_not_text = { word-part } is not plain text in UTF-8
fault-note_unterminated = the text of { word-part } does not end in a newline
fault-signatures_missing = { word-part } has no signatures after a blank line
fault-signature_malformed = signature line { $number } of { word-part } is malformed
fault-signatures_too_many = { word-part } has more signatures than are read
fault-signature_false = the signature of `{ $key }` under { word-part } does not verify
fault-not_signed = no known key signed { word-part }
fault-cosignature_time = a cosignature of { word-part } has a time past what can be
fault-key_of_other_kind = key `{ $key }` is of another kind than the signature under { word-part } takes
fault-keys_alike = two known keys are called `{ $key }`
fault-key_malformed = a key in { word-part } is none: expected name, key id and key joined by `+`
fault-key_name = a key name in { word-part } is empty, or has spaces, `+` or control characters
fault-key_type = a key in { word-part } is of a type that is not supported
fault-key_bytes = the bytes of a key in { word-part } are no usable Ed25519 key
fault-key_id = the id of a key in { word-part } is not that of its name and bytes
fault-not_a_log_key = key `{ $key }` is no log's key
fault-checkpoint_lines = a checkpoint has three lines: origin, size and root
fault-checkpoint_size = the size of the checkpoint is not a decimal number without leading zeros below 2^63
fault-checkpoint_root = the root of the checkpoint is not 32 bytes in standard base64
fault-checkpoint_of_other = the checkpoint is of `{ $log }`, not of `{ $expected }`
fault-receipt_head = the receipt does not begin with `c2sp.org/tlog-proof@v1`
fault-receipt_extra = the extra data of the receipt is not standard base64
fault-receipt_index = the receipt has no line `index` with a decimal number without leading zeros
fault-receipt_hash = hash { $number } of the receipt's proof is not 32 bytes in standard base64
fault-receipt_hashes = the receipt's proof has more hashes than a tree is high
fault-receipt_checkpoint = the receipt has no checkpoint after a blank line
fault-proof_outside = { word-part } is of an entry outside of its tree
fault-proof_sizes = { word-part } leads from a tree that is larger
fault-proof_length = { word-part } has { $count } hashes where the sizes call for { $expected }
fault-proof_old_root = { word-part } does not lead to the old root
fault-proof_root = { word-part } does not lead to the root
fault-announcement_lines = an announcement has four lines: `granary-rotation/1`, origin, key and new-key
fault-announcement_of_two_logs = the announcement does not name two keys of one log
fault-announcement_unsigned = `{ $key }` did not sign the announcement
fault-policy_unreadable = the policy for its log cannot be read
fault-policy_unknown_log = the policy knows no log `{ $log }`
fault-policy_word = `{ $text }` is not `log`, `witness`, `group` or `quorum`
fault-policy_shape = expected `{ $expected }`
fault-policy_key_kind = the key is not of the kind that signs here
fault-policy_key_twice = the same key was named before
fault-policy_name_taken = the name `{ $text }` is taken
fault-policy_name_unknown = no witness or group `{ $text }` on a line before
fault-policy_member_twice = `{ $text }` is a member of a group already
fault-policy_threshold = `{ $text }` is not `any`, `all` or a number from 1 to { $most }
fault-policy_second_quorum = there is a quorum line already
fault-policy_quorum_missing = there is no `quorum` line; `quorum none` asks for no cosignature
fault-key_unusable = holds what is no usable public key in NATS nkeys form
fault-key_of_another = holds a key that is or was another party's
fault-key_not_at_hand = does not show that each new key is at hand; `granary key prove` makes what does
fault-maker_is_another = names another than who asks, which is { $text }
fault-person_needed = has to be a person of the party, by its own key or token: what needs two is not made or checked with a token of all
fault-person_ended = acts for the party no more
fault-no_mandate_for = names `{ $text }`, for which no mandate is given: an owner does that itself, or it is no act on stock
fault-not_a_multiple = does not divide the total that it rounds the parts of
fault-before_lead_time = lies before the days that members have for it are over
fault-mandate_ended = was ended before
fault-material_needed = needs the `material` that it is of
fault-reserve_or_buyers = are named where the order is for no reserve, and only there
fault-not_a_buyer = is opened for others
fault-nothing_to_accept = has no part that waits for this buyer's word
fault-above_its_part = has a smaller part for this buyer
fault-part_above_demand = gives this buyer more than it declared to need: its yes names the `quantity`
fault-custodian_consents = names a party that did not say so; who keeps a site registers it itself, or takes what its custodian has offered (`offered_to`)
fault-member_consents = makes a party a member that did not say so; invite it (`invited`), and it posts `joined` itself
fault-member_already = is a member already; `joined` changes its weight
fault-not_invited = was not invited by who runs the reserve
fault-not_as_invited = is not what the invitation says: join with its `weight` and `reapportion`, no earlier than its `first`
fault-figure_of_key = goes into the key of reserve `{ $reserve }`: who runs that records it
fault-runner_shares = is for who runs the reserve to say: leave it out
fault-not_within_bounds = names `{ $text }`, which its material, site or quantity cannot bind: give it in a mandate of its own without them
fault-steward_amends = is amended by { $party } alone, which registered it
fault-keys_are_own = are changed by the party itself alone
fault-misleading = can be mistaken for another; use letters, digits and signs that look like themselves, and no space at the ends
fault-reserved = is a word that means somebody else at some door

## What is no command (wire/src/unread.rs)

unread-value = { $problem }
    .hint = the party's own day
unread-too_large = a command of { $count } bytes; the most is { $most }
    .hint = split it into several commands; attach documents by their SHA-256
unread-line_too_large = a line of { $count } bytes; the most is { $most }
    .hint = write one command a line; attach documents by their SHA-256
unread-too_many = { $count } at once; the most is { $most }
    .hint = post fewer together
unread-empty_group = a group of no commands
    .hint = write the commands into it: `{ "{" }"group": [command, command]{ "}" }`
unread-id_twice = two commands of a group have the same id
    .hint = give every command a UUID of its own
unread-neither_group = is neither a group nor a trial
    .hint = write `{ "{" }"group": [command, command], "consents": [consent]{ "}" }` or `{ "{" }"dry_run": [command or group]{ "}" }`
unread-trial_in_trial = a trial within a trial
    .hint = write commands and groups into `dry_run`
unread-not_utf8 = byte { $at } is not UTF-8
    .hint = save the file as UTF-8
unread-not_json = from line { $line }, column { $column } on it is not JSON
    .hint = write one JSON object; texts stand between double quotation marks
unread-unfinished = the text ends before its JSON does: on line { $line }, after column { $column }
    .hint = close every bracket and quotation mark that is open there
unread-not_an_object = is not a JSON object
    .hint = write one JSON object a line
unread-not_cbor = from byte { $at } on it cannot be read as a command in CBOR
    .hint = write it as `schemas/frame.cddl` says, or send lines of JSON
unread-not_text = is not text
    .hint = { $field ->
        [id] give every command a UUID of its own
        [party] name the party that posts it by its code
        [effective] the party's own day, as YYYY-MM-DD
       *[act] what is asked, for example `deposit`
    }
unread-missing = is missing
    .hint = { $field ->
        [id] give every command a UUID of its own
        [party] name the party that posts it by its code
        [effective] the party's own day, as YYYY-MM-DD
       *[act] what is asked, for example `deposit`
    }
unread-not_an_id = `{ $text }` is not a UUID
    .hint = any version will do; `granary id` makes one
unread-not_a_name = is not a name
    .hint = name the person, or leave it out
unread-no_act = `{ $text }` is no act
    .hint = { $meant ->
        [none] { "" }
       *[other] did you mean `{ $meant }`? { "" }
    }`granary do` lists the acts, `granary schema command` says what each wants
unread-field_missing = is missing
unread-field_unknown = there is no field `{ $text }`
    .hint = { $meant ->
        [none] { $count ->
            [0] there are none
            [1] there is only { $names }
           *[other] there are { $names }
        }
       *[other] did you mean `{ $meant }`?
    }
unread-word_unknown = `{ $text }` is none of the words that can stand here
    .hint = { $meant ->
        [none] { $count ->
            [0] there are none
            [1] there is only { $names }
           *[other] choose from { $names }
        }
       *[other] did you mean `{ $meant }`? choose from { $names }
    }
unread-wrong_shape = has to be { $wanted ->
        [text] a text
        [number] a number
        [whole_number] a whole number
        [truth] `true` or `false`
        [list] a list
        [object] an object
        [nothing] nothing
        [word] a word
        [event_or_time] the number of an event, or a time
        [event_or_id] the number of an event, or the id of its command
       *[other] something else
    }, and is { $found ->
        [text] a text
        [number] a number with a fraction
        [whole_number] a whole number
        [truth] `true` or `false`
        [list] a list
        [object] an object
        [nothing] nothing
       *[other] something else
    }
unread-out_of_range = is a number that cannot stand here: less than nothing, or too large
unread-twice = is said twice
    .hint = say every field once
unread-control_character = a control character cannot stand in it
    .hint = write plain text without line breaks, tabs or escapes
unread-text_too_long = a text of { $count } bytes; the most is { $most }
    .hint = shorten it; attach documents by their SHA-256
unread-field_wrong = cannot be read

## Why a question has no answer

why-no_question = `{ $text }` is no question
    .hint = the questions are: { $names }
why-not_an_object = a question is a JSON object
why-no_field = `{ $question }` has no field `{ $text }`
    .hint = { $names ->
        [none] it has none
       *[other] its fields are: { $names }
    }
why-said_twice = `{ $field }` is said twice
why-not_a_whole_number = `{ $field }`: `{ $text }` is not a whole number
why-not_a_truth = `{ $field }`: `{ $text }` is not `true` or `false`
why-limit_nought = `limit` is 1 or more
why-no_page = this is no page of this question
    .hint = give what the part before said as `next`, and leave the rest of the question as it was
why-no_word = `{ $text }` is no { $field } that there is
    .hint = choose from { $names }
why-value = { $problem }
why-not_a_unit = { $problem }
    .hint = units are those of quantities: t, kg, lb, bbl, m3, GJ, toe, ...
why-not_a_moment = { $problem }
    .hint = give an event number or a time such as 2026-03-10T09:00:00Z
why-not_a_uuid = `{ $text }` is not a UUID
why-no_country = `{ $field }`: `{ $text }` is not a country code of two capital letters (ISO 3166-1)
    .hint = { $meant ->
        [none] `JP` is one
       *[other] did you mean `{ $meant }`?
    }
why-no_act = `{ $text }` is no act
    .hint = the acts are: { $names }
why-no_base = `{ $text }` is neither `consumption` nor `net_imports`
why-no_stage = `{ $text }` is no stage
why-no_source = `{ $text }` is no source
why-no_label = `{ $text }` is none of source, supplier, mined, separated, refined or manufactured
why-no_measure = `{ $text }` measures no material of this ledger
    .hint = write a quantity with its unit, such as `1 t`
why-more_than_whole = is more than the whole
why-no_day = what is listed of `{ $text }` is so as it is known, whatever the day
    .hint = leave `as_of` out, or ask `calls`, `orders` or `reserve`, which answer as of a day
why-base_and_year = `base` and `year` go together
why-last_before_first = `last` lies before `first`
why-and_before = `and` lies before `known_at`
why-two_owners = `owner` and `party` name two owners
why-same_party = `against` names the same party
why-key_by_material = the key in force goes by material: name one
why-one_material = name one material or lot
    .hint = add `material` or `lot`: materials are never added up
why-one_event = name one event by `seq` or by `id`
why-report_or_party = name a `report` or a `party`
why-not_registered = no { $kind } `{ $code }` is registered
    .hint = { $kind ->
        [party] `granary list parties` shows what there is
        [authority] `granary list authorities` shows what there is
        [site] `granary list sites` shows what there is
        [material] `granary list materials` shows what there is
        [lot] `granary list lots` shows what there is
        [reserve] `granary list reserves` shows what there is
        [call] `granary list calls` shows what there is
        [order] `granary list orders` shows what there is
        [limit] `granary reserve limits` shows what there is
        [event] `granary history` shows what there is
        [report] a report is `PARTY/7`; `granary reconcile reports` shows them
        [break] `granary reconcile list --status all` shows them
        [load] `granary import list` lists the loads, by the events that record them
       *[other] `granary ask` lists what can be asked
    }
why-several_lots = lot `{ $code }` is several that you see
    .hint = say which: { $names }
why-no_command = no command `{ $id }` is recorded
    .hint = it may still be on its way; posting it again is safe: an id is never applied twice
why-no_event = there is no event { $event }
    .hint = the last is { $head }
why-no_event_of = there is no event of command `{ $id }`
    .hint = the last is { $head }
why-moment_to_come = nobody knows yet what will be known at { $text }: it is { $time }
    .hint = leave it out for what is known now
why-event_to_come = there is no event { $event }; the last is { $head }
why-shared_nothing = event { $event } shared no entitlements anew
why-never_there = `{ $party }` never had any of lot `{ $lot }` at `{ $place }`
    .hint = `granary position --by site,lot` shows where lots lie
why-nothing_reported = no report of `{ $party }` is here
    .hint = receive one with `granary reconcile receive`, or say `first` and `last`
why-incomplete = `{ $report }` has not come in full: { $count } of { $most } lines
why-not_closed = no period of `{ $party }` was closed{ $day ->
        [none] { "" }
       *[other] {" "}through { $day }
    }
    .hint = post a `close_period` first
why-close_says_both = a close says its day and what was known
    .hint = leave `as_of` and `known_at` out
why-closes_others = event { $event } closes the books of `{ $party }`
why-closes_nothing = event { $event } closes no period with a digest
    .hint = `granary history --act close_period` lists them
why-not_your_books = what changed the books of `{ $party }` is told to itself and to auditors
why-not_your_digest = a digest is told to whom it is of, and to auditors
    .hint = ask with `owner` set to your own party
why-not_compared_for_you = what the books hold of `{ $party }` is told to itself, to auditors, and beside what it reported itself to who runs a reserve that it joined
    .hint = compare its reports with those of another party: set `against`
why-not_your_report = what `{ $party }` reports is told to itself, to auditors, and to the secretariat that runs a reserve in which it takes part
    .hint = `granary reconcile reports` lists those that are told to you
why-not_your_site = the balance of `{ $site }` is told to its custodian, its owners and auditors
why-behind = the ledger goes on faster than this question can be answered
    .hint = ask again
why-damaged = { $said }
    .hint = `granary doctor` names what is damaged and how to repair it
why-no_part_of_report = event { $event } of report { $number } is no part of a report
why-no_report = the event of `{ $report }` is no report
why-not_comparable = { $said }
why-too_large = a sum is larger than one line can say
why-reads_too_much = this question reads more than { $most } events
    .hint = ask for less: fewer days, one lot, one site; or ask a copy of the ledger that nobody waits for
why-keeps_too_much = this question needs more than { $most } events at once
    .hint = ask for less: fewer days, one lot, one site; or ask a copy of the ledger that nobody waits for
why-holds_nothing = `{ $party }` holds nothing of lot `{ $lot }` at `{ $place }` on { $day }
    .hint = a digest has only balances that are not nothing: show the digest with all its balances instead
why-digest_differs = event { $event } names another digest than the one that follows from the log
    .hint = `granary replay --verify` says more

## Why a door let nothing through

door-not_signed_in = the request says nobody's name
    .hint = send `Authorization: Bearer <token>`, or sign it: see `granary sign --help`
door-not_signed_in_here = the request says nobody's name
    .hint = send `Authorization: Bearer` with what stands in the folder's `serve.token`; the console signs in at /console/sign-in
door-nobodys_question = the question says nobody's name
    .hint = only services pass questions on
door-unknown_token = the token is not known here
    .hint = `granary token` makes one, and the line for the settings
door-token_expired = the token was good until some time ago
    .hint = `granary token` makes another, and the line for the settings
door-not_by_password = a password that a browser keeps sends nothing in its user's name
    .hint = send the token as `Authorization: Bearer <token>`
door-bad_key = `Granary-Key` is no public key in NATS nkeys form
    .hint = `granary key new` makes one: it begins with U
door-unknown_key = no party has the key `{ $key }`
    .hint = register it with `amend_party`: field `keys`
door-unsigned = a key without signature and expiry
    .hint = send Granary-Key, Granary-Signature and Granary-Expires together
door-expiry_wrong = `Granary-Expires`: { $problem }
door-expiry_far = the signature would stand for more than a day
    .hint = let it expire earlier
door-signature_wrong = the signature is not one by this key over these bytes for `{ $log }`
    .hint = sign the exact bytes that are sent, for this ledger: see `granary sign --help`
door-signature_expired = the signature stood until { $time }
    .hint = sign it again; check the clock
door-not_by_signature = a signature stands for bytes, not for what is made of them
    .hint = import with a token; or read the source with your own tool, and sign the frames
door-unknown_host = `{ $host }` is no name of this service
    .hint = set `http.hosts` to the names under which it is reached
door-cross_site = the request comes from a page of another site
    .hint = use the console's own pages, or a program with a token
door-other_session = the form is not one of this session
door-not_your_party = `{ $party }` cannot post for `{ $other }`
    .hint = post in your own name; a secretariat names the member's lots, not the member
door-may_not_post = your role may not post `{ $act }`
door-may_not_ask = you may not ask `{ $question }`
    .hint = only parties of the ledger may: see `register_party`
door-operator_rebuilds = whoever runs the service rebuilds what it answers from
    .hint = use the operator's token
door-not_everything = entries are for those who may read everything
    .hint = an auditor may; your own events have receipts: /v1/receipts/<event>
door-not_found = there is nothing at `{ $path }`
    .hint = /openapi.json lists what there is
door-no_such_method = `{ $path }` does not take this method
    .hint = /openapi.json lists what there is
door-nothing_of_ingest = `{ $text }` is nothing that ingest does
    .hint = send frames to `commands`
door-file_missing = { $said }
    .hint = the first checkpoint is written within two seconds of the first event
door-tile_missing = { $said }
    .hint = the last tile of each level is partial (`.p/<width>`): /checkpoint says how many entries there are
door-not_a_tile = { $said }
    .hint = tiles are named as C2SP tlog-tiles says: tile/<level>/<index>[.p/<width>]
door-no_export = `{ $text }` cannot be exported
    .hint = choose from { $names }
door-bad_content_type = `{ $path }` takes no body of the kind `{ $text }`
    .hint = say { $names }
door-forms_only = only the console's own forms are sent here
door-too_large = more than { $most } bytes
    .hint = send several frames
door-too_slow = the request did not come to an end within { $seconds } s
    .hint = send the body at once; what was posted may be posted again: an id is never applied twice
door-beside_body = `{ $text }` stands in the query of a POST, whose fields stand in its body
    .hint = put it into the JSON object, or ask by GET; `after`, `deadline_ms` and `format` stay in the query
door-body_of_get = a question by GET has its fields in the query, and no body
    .hint = send the JSON object by POST
door-not_one_line = a signed command stands on one line
door-empty = there is no command in it
    .hint = send one JSON object, or one a line as application/x-ndjson
door-no_field_here = the query of `{ $path }` has no field `{ $text }`
    .hint = { $names ->
        [none] it has none
       *[other] its fields are: { $names }
    }
door-no_wait = `{ $text }` is neither `received`, `recorded` nor `projected`
door-no_projected = this service does not know what answers know
    .hint = wait until it is recorded, and ask with `after` and the number in Granary-Position
door-no_yes = `{ $text }` is neither `true` nor `false`
    .hint = write `true` or `false`, or leave the field out
door-signed_trial = what is signed says itself that it is only tried
    .hint = send `{"{"}"dry_run": [command, ...]{"}"}` as one line, and sign it
door-cbor_trial = a frame of CBOR says itself that it is only tried
    .hint = send a map with `dry_run` as one item of it
door-no_event_number = `{ $text }` is not an event number
door-no_milliseconds = `{ $text }` is not a number of milliseconds
door-no_seconds = `{ $text }` is not a number of seconds
door-no_readiness = `{ $text }` is none of `read` and `write`
door-within_of_reading = `within` belongs to `for=read`
    .hint = ask /readyz, /readyz?for=read, /readyz?for=read&within=SECONDS or /readyz?for=write
door-no_entries_seen = `since` is the number of entries that were seen
door-no_format = `{ $text }` is none of `json`, `csv` and `parquet`
door-format_unfit = `format`: { $said }
door-too_long_for_a_file = there are more rows of `{ $question }` than one file holds here
    .hint = ask for parts: say `limit`, and go on as Granary-Next says; or have `granary ask` write the file, which follows them to the end
door-one_source = one of `source` and `source_base64` is the source
    .hint = send text in UTF-8 as `source`, and anything else as `source_base64`
door-not_base64 = it is not base64
    .hint = send the bytes of the file in base64, with its padding and without line ends
door-mapping_needed = a table or list needs a `mapping`
    .hint = name one that comes with the program, or send the text of your own
door-not_your_event = there is no event `{ $event }` that you posted
    .hint = name your event by its number or by the id of its command; an auditor may name any
door-not_told = event { $event } is of no kind that is told to other ledgers
    .hint = commitments, encumbrances, dispatches, arrivals, deposits, draws, deliveries and corrections are
door-reversed = event { $event } was reversed by event { $other }
    .hint = share the correction, so that others take the fact back too
door-seen_more = the newest checkpoint has { $count } entries, fewer than the { $seen } that were seen
    .hint = was the other ledger told another history? compare with `granary audit consistency`
door-no_answers = this service keeps no books to answer from
    .hint = ask a `granary projections` or a `granary serve`; `granary ingest --copy FOLDER` keeps books, too
door-no_commands = this service takes no commands in
    .hint = post to a `granary ingest` or a `granary serve`: name it with --server
door-no_import = an import needs the books and the way in, and this service has not both
    .hint = send it to a `granary serve`, or to a `granary ingest --copy FOLDER`, which keeps a copy of the books
door-no_key_here = this service does not hold the key of the ledger
    .hint = ask `granary serve`, or run `granary audit share` where the ledger is
door-no_log_here = this service has no copy of the log
    .hint = ask the service that answers questions: `granary serve` or `granary projections`
door-no_witnesses = no witness is asked here
    .hint = name a trust policy in the setting audit.policy: see `granary settings`
door-queue_full = the queue of commands is full
    .hint = nothing was taken; try again after the time in Retry-After
door-bytes_on_the_way = too many bytes are on their way in
    .hint = nothing was taken; send less at a time
door-rebuild_under_way = a rebuild is under way
door-none_in_time = no { $kind ->
        [export] export
        [events] stream of events
       *[question] question
    } of yours could be begun in time
    .hint = ask again after the time in Retry-After, fewer at once
door-too_many_wait = too many { $kind ->
        [export] exports
        [events] streams of events
       *[question] questions
    } of yours wait already
    .hint = ask again after the time in Retry-After, fewer at once
door-not_known_yet = event { $event } is not known here yet; the last that is known is { $head }
    .hint = ask again, or with a later deadline
door-recorded_not_known = recorded as event { $event }, which answers do not know of yet
    .hint = ask with `after`, or with a later deadline
door-not_covered_yet = no checkpoint covers the event yet: the newest has { $count } entries
    .hint = ask again in a second
door-late = no verdict within { $milliseconds } ms; it may be recorded all the same
    .hint = { $id ->
        [none] post the same again: an id is never applied twice
       *[other] ask /v1/commands/{ $id } what became of it, or post the same again: an id is never applied twice
    }
door-ledger_silent = the ledger does not answer: { $said }
    .hint = { $id ->
        [none] post the same again: an id is never applied twice
       *[other] ask /v1/commands/{ $id } what became of it, or post the same again: an id is never applied twice
    }
door-import_silent = the ledger does not answer: { $said }
    .hint = import the same again: what was recorded stays, and nothing is recorded twice
door-projections_silent = no `granary projections` answers: { $said }
    .hint = ask again; see that one runs
door-stopped = the service stopped before it answered
door-failed = the service failed at this request
door-failed_as = { $said }
door-not_rebuilt = not rebuilt: { $said }
door-verdict_unreadable = the ledger's verdict cannot be read: { $said }
door-answer_unreadable = projections answered what cannot be read
door-fact_not_made = { $said }
door-log_damaged = { $said }
    .hint = `granary doctor` names what is damaged and how to mend it

## What is wrong with a source

flaw-not_unpacked = unpack the file: { $said }
    .hint = correct the file, or its mapping
flaw-too_large = the file is { $what ->
        [elements_in_elements] of elements in elements without end
        [document] a document of more elements than are read
        [archives] archives in archives
        [unpacked] unpacked, more bytes than are read
        [sheet] a sheet of more cells than are read
        [segments] an interchange of more segments than are read
        [list] a list of more fields than are read
       *[table] a table of more fields than are read
    }
    .hint = correct the file, or its mapping
flaw-pdf = the file is a PDF document
    .hint = ask its sender for the table behind it: a workbook or a CSV file
flaw-no_workbook = the file is no workbook
    .hint = leave `format` out: what a file is is seen from the file
flaw-cells_out_of_order = the file is a workbook whose cells are out of order
    .hint = save it again
flaw-xml_without_rows = the file is XML without the rows that are looked for
    .hint = name the element that makes the rows as `rows`
flaw-no_table = the file is no table of figures
    .hint = write its mapping by hand
flaw-empty_file = the file is empty
    .hint = load a file with headings and lines
flaw-several_files = the archive has not one file, but { $names }; name one as `member`
    .hint = correct the file, or its mapping
flaw-no_sheet = the workbook has no sheet `{ $sheet }`; it has { $names }
    .hint = correct the file, or its mapping
flaw-workbook_damaged = read the workbook: { $said }
    .hint = correct the file, or its mapping
flaw-other_encoding = line { $line } is not text in { $encoding }; say with `encoding` how the file was saved
    .hint = correct the line, and load the file again
flaw-quote_open = a field begins with a quotation mark and does not end with one; `quote = "none"` takes marks as letters
    .hint = correct the line, and load the file again
flaw-other_width = the line is not one of this table: it has { $found } fields, and the table { $wanted } columns
    .hint = correct the line, and load the file again
flaw-not_json = read the file as JSON: { $said }
    .hint = correct the file, or its mapping
flaw-not_xml = read the file as XML: { $said }
    .hint = correct the file, or its mapping
flaw-segments_without_line = read the file as UN/EDIFACT: it has no line (`LIN`)
    .hint = correct the file, or its mapping
flaw-segments_head_cut = read the file as UN/EDIFACT: `UNA` is cut off
    .hint = correct the file, or its mapping
flaw-segments_end_cut = read the file as UN/EDIFACT: its last segment does not end
    .hint = correct the file, or its mapping
flaw-list_nothing_at = the file is not an array of JSON objects: it has nothing at `{ $text }`
    .hint = correct the file, or its mapping
flaw-list_several = the file is not an array of JSON objects: it has several, { $names }; name one as `rows`
    .hint = correct the file, or its mapping
flaw-list_other = the file is not an array of JSON objects: it is something else
    .hint = correct the file, or its mapping
flaw-not_an_object = entry { $line } of the array is not a JSON object
    .hint = correct the line, and load the file again
flaw-no_column = the file has no column `{ $column }`; it has { $names }
    .hint = correct the file, or its mapping
flaw-column_twice = the file has { $count } columns `{ $column }`; name the one that is meant by its place: { $names }
    .hint = correct the file, or its mapping
flaw-no_lines = the file has headings, and no line below them
    .hint = load the whole file
flaw-not_unpacked_unsaid = the file cannot be unpacked
    .hint = correct the file, or its mapping
flaw-several_files_unsaid = the archive has not one file, but { $count }
    .hint = correct the file, or its mapping
flaw-no_sheet_unsaid = the workbook has no sheet `{ $sheet }`
    .hint = correct the file, or its mapping
flaw-workbook_damaged_unsaid = the file is no workbook that can be read
    .hint = correct the file, or its mapping
flaw-not_json_unsaid = the file is not JSON from line { $line } on
    .hint = correct the file, or its mapping
flaw-not_xml_unsaid = the file is no XML that can be read
    .hint = correct the file, or its mapping
flaw-list_unsaid = the file is not an array of JSON objects
    .hint = correct the file, or its mapping
flaw-no_column_unsaid = the file has no column `{ $column }`
    .hint = correct the file, or its mapping
flaw-column_twice_unsaid = the file has { $count } columns `{ $column }`
    .hint = correct the file, or its mapping
flaw-mapping = { $said }
    .hint = crates/ingest/mappings/README.md has every setting
flaw-mapping_not_toml = it is not TOML of a mapping's shape
    .hint = crates/ingest/mappings/README.md has every setting
flaw-mapping_contradicts = what it says contradicts itself
    .hint = crates/ingest/mappings/README.md has every setting
flaw-mapping_of_no_report = it is not the mapping of a report
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-books_cannot_say = the books cannot say what has to be known
flaw-no_cover = a table does not say which report it is
    .hint = give number, first and last day; labelled text says them itself
flaw-way_missing = is missing beside `quantity`
    .hint = or use `inflow` and `outflow`, or `sign = "way"`
flaw-date_missing = is missing: movements have a day
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-opening_alone = names a column of openings and none of closings
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-closing_missing = is missing: a statement has openings and closings
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-no_figures = names no figures
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-not_said = is said neither here nor by a column
    .hint = see crates/ingest/mappings/README.md for the settings
flaw-unit_not_said = is said neither here nor by a column
    .hint = a figure without a unit says nothing
flaw-nowhere_while_other = is nowhere, while `{ $other }` is
    .hint = correct the name in the mapping, or leave it out there
flaw-other_date_format = `{ $text }` is not a date written as `{ $format }`
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-not_a_date = `{ $text }` is not a date written as YYYY-MM-DD
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-spreadsheet_day = `{ $text }` is not a date written as YYYY-MM-DD; it looks like a day as spreadsheets count them: `date_format = "serial"`
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-year_too_long = `{ $text }` is not a date of four digits of year
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-day_of_nobody = `{ $text }` is an instant; say with `zone` whose day it is (`zone = "Asia/Tokyo"`)
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-no_such_time = { $said }
    .hint = correct the line, or say with `date_format` how the source writes dates
flaw-bound = `{ $text }` is a bound, not a figure
    .hint = declare it in the mapping as `missing`, `zero` or with `flags`, or correct the file
flaw-negative = `{ $text }` is negative; a stock or flow is never less than nothing
    .hint = correct the file: nothing holds less than nothing
flaw-negative_movement = `{ $text }` is negative; a stock or flow is never less than nothing
    .hint = say what the sign means: `sign = "way"` (below zero went out), `"reverses"` (was taken back) or `"ignore"`
flaw-negative_of_report = `{ $text }` is negative; a stock or flow is never less than nothing
    .hint = say what the sign means: `sign = "reverses"` (was taken back), `"way"` (went out) or `"ignore"` (the type says it)
flaw-grouping = `{ $text }` is not grouped as thousands are: three digits after each `{ $thousands }`, none after the `{ $decimal }`
    .hint = declare it in the mapping as `missing`, `zero` or with `flags`, or correct the file
flaw-blank = `{ $text }` has a blank (U+{ $blank }) between its digits: `thousands = " "` reads any blank
    .hint = declare it in the mapping as `missing`, `zero` or with `flags`, or correct the file
flaw-not_a_figure = `{ $text }` is not a figure
    .hint = declare it in the mapping as `missing`, `zero` or with `flags`, or correct the file
flaw-point_open = `{ $text }` can be read as thousands and as a fraction, as every figure of the file with a point
    .hint = say which: `decimal = "."`, or `decimal = ","` and `thousands = "."`
flaw-too_many_digits = `{ $text }` has more digits than can be counted: 18 behind the point, 38 in all
    .hint = have the source round it, or correct the file
flaw-too_many_decimals = `{ $text }` has more digits than can be counted: at most 18 after the decimal mark
    .hint = round it in the source: digits of floating point say nothing
flaw-too_many_in_unit = has more digits than can be counted in its unit
    .hint = have the source round it
flaw-no_sum = cannot be added up
    .hint = correct the file
flaw-not_a_unit = has `{ $text }` for a unit: say a unit, or how many of it (`1000 t`)
    .hint = say what it is under `[words.unit]` (`"MT" = "t"`, `"1000 MT" = "kt"`)
flaw-percent_of_nothing = is a per cent, which is no quantity
    .hint = say of how much beside `unit = "%"`: `of = "251 TWh"`
flaw-unit_missing = has no unit
    .hint = fill the column of units, or set `unit` in the mapping
flaw-names_none = names no { $what ->
        [lot] lot
        [material] material
        [site] site
       *[unit] unit
    }
    .hint = fill the column of `[key] { $what }`, or leave the row out with `unless`
flaw-material_missing = names no material
    .hint = fill the column, or set `material` in the mapping
flaw-neither_in_nor_out = `{ $text }` is neither in nor out
    .hint = add the word to `in`, `out` or `none` of `[way]` in the mapping
flaw-no_place = `{ $text }` is none of the places of `[words.site]`
    .hint = say which site it is, or `""` where it lies outside
flaw-said_twice = lot `{ $lot }` at `{ $site }` has { $other } on { $day }, and { $quantity } in line { $line }
    .hint = say what tells the two apart (a column of lots or sites in `[key]`, rows to keep in `where`, rows of sums in `totals`), or what counts: `same_day = "last"` or `"sum"`
flaw-sum_differs = `{ $column }` is not the sum of its parts: it differs by { $difference }
    .hint = correct the line; or let the mapping's `[[check]]` have a larger `tolerance`
flaw-not_opened = nothing says what lay at `{ $site }` of lot `{ $lot }` before this movement
    .hint = post a deposit of what lay there the day before, give the mapping a column of counts, or say in it that accounts begin with nothing: `begins = "empty"`
flaw-older_figure = { $quantity } was replaced before by { $other }, as event { $event }: is this file an older one?
    .hint = leave it out; or, where the source has gone back to it, take back the load that `granary import trace { $event }` names (`granary import undo`), and load again
flaw-revised_or_another = { $quantity } may be another movement of { $day }, or event { $event } revised, which says { $other }
    .hint = say in the mapping which: `flows = "lines"` (each line is a movement of its own), `flows = "daily"` (one figure a day, and another one replaces it), or `reference` with the column of document numbers
flaw-note_differs = { $quantity } of lot `{ $lot }` is another figure than event { $event } has of the same note: { $other }
    .hint = reverse event { $event } and load the file again, or give the note a number of its own
flaw-two_figures = { $quantity } was counted on { $day }, and { $other } too in an earlier line
    .hint = leave the one that does not count out of the file
flaw-not_utf8 = is not UTF-8
    .hint = save the file as UTF-8, or name a mapping
flaw-nil_with_lines = has lines, and is said to be nil
    .hint = say one or the other
flaw-states_nothing = states nothing
    .hint = a statement has an opening and a closing, 0 where nothing is held
flaw-tells_nothing = tells nothing
    .hint = where nothing moved, say so: `--nil`, or `nil` in the cover; else check the mapping against the file
flaw-closing_without_figure = has no figure beside an opening
    .hint = missing is not zero: say 0 where it is
flaw-opening_without_figure = has no figure beside a closing
    .hint = missing is not zero: say 0 where it is
flaw-replaces_no_line = does not say which line it replaces
    .hint = a correction has report (`3` or `KOMIR/3`), line and hash of the line that it replaces: see `granary reconcile lines`
flaw-number_nought = is 0
    .hint = reports are numbered from 1
flaw-last_before_first = lies before `first`, { $first }
    .hint = turn the two days around
flaw-not_yet_over = has not come yet; today is { $today }
    .hint = send the report when its last day is over
flaw-quantity_negative = is negative
    .hint = say it without a sign: `way` says whether it came in
flaw-withdraws_nothing = takes away without naming what
    .hint = name report, line and hash of the line
flaw-not_registered = no { $kind } `{ $code }` is registered
    .hint = register it with the act `{ $act }`, or set the sender's word for it in the mapping
flaw-text = { $problem }
    .hint = correct the file
flaw-hash = { $problem }
    .hint = `granary reconcile lines` shows the hash of a line
flaw-told = { $problem }
    .hint = a figure has at most 15 decimals, a unit and where needed a basis: `60.50 t dry`
flaw-not_a_day = `{ $text }` is not a date written as YYYY-MM-DD
    .hint = correct the date
flaw-not_the_last_day = `{ $text }` is not a date written as YYYY-MM-DD
    .hint = the report's last day is the day on which it takes effect
flaw-not_a_name = is not a name
    .hint = name the person, or leave it out
flaw-not_read_yet = event { $event } cannot be read yet
    .hint = load again
flaw-unit_unknown = { $problem }
flaw-not_exact = the { $quantity } of lot `{ $lot }` on { $day } cannot be said exactly in `{ $unit }`
    .hint = give the column a unit in which every quantity of `{ $material }` is exact

## What is wrong with a report in labelled text

labelled-no_label = has no label
    .hint = write `label: value`, one a line; see `granary reconcile export` for an example
labelled-before_head = stands before `granary-report`
    .hint = begin the file with `granary-report: 1`
labelled-after_end = stands after `sha256`
    .hint = the checksum is the last line
labelled-percent = has a `%` without two digits
    .hint = write `%25` for a per cent sign
labelled-twice = is said twice
    .hint = say every label once; only `line` and `balance` repeat
labelled-other_version = is version `{ $text }`
    .hint = this release reads version 1
labelled-not_a_number = `{ $text }` is not a number
    .hint = reports are numbered from 1
labelled-no_kind = `{ $text }` is no kind
    .hint = write `statement` or `transactions`
labelled-other_count = says `{ $text }`, there are { $count }
    .hint = lines are missing or too many: have the file sent again
labelled-other_text = is not that of the text before it
    .hint = the file was changed on its way: have it sent again
labelled-other_label = is no label of a report
    .hint = see docs/reconciliation.md for the labels
labelled-label_missing = is missing
    .hint = a report has granary-report, sender, number, kind, first, last, lines and sha256
labelled-field_missing = is missing
    .hint = see docs/reconciliation.md for the fields of a line
labelled-field_unknown = is no field here
    .hint = see docs/reconciliation.md for the fields of a line
labelled-line_no_number = `{ $text }` is not a number
    .hint = see docs/reconciliation.md for the fields of a line
labelled-no_way = `{ $text }` is neither `in` nor `out`
    .hint = see docs/reconciliation.md for the fields of a line
labelled-no_replaced = `{ $text }` is not `report:line:hash`
    .hint = see docs/reconciliation.md for the fields of a line
labelled-no_pair = is not `name=value`
    .hint = write `name=value; name=value`, each name once; `;` in a value is `%3B`
labelled-pair_percent = has a `%` without two digits
    .hint = write `name=value; name=value`, each name once; `;` in a value is `%3B`
labelled-pair_twice = is said twice
    .hint = write `name=value; name=value`, each name once; `;` in a value is `%3B`

## What sayings have in common

said = { $message }
    .hint = { $hint }
said-within = `{ $field }`: { $problem }
said-meant = did you mean `{ $meant }`?
said-at = line { $line }, `{ $field }`: { $problem }
said-command_schema = `granary schema command` prints what each act wants
said-question_schema = `granary schema questions` prints what each question takes
said-import_schema = send an object with `mapping` (a name, or its text) and `source` (the file's text)
said-nothing_of_report = nothing of the report was taken

## What refusals have in common

word-part = { $part ->
    [statement] the statement
    [checkpoint] the checkpoint
    [receipt] the receipt
    [since] the proof of what was seen
    [announcement] the announcement
   *[policy] the policy
}
word-account = lot `{ $lot }` of `{ $owner }` at `{ $place }`
word-kind = { $kind ->
    [party] party
    [material] material
    [site] site
    [lot] lot
    [dispatch] dispatch
    [loan] loan
    [encumbrance] encumbrance
    [authority] authority
    [reserve] reserve
    [commitment] commitment
    [debt] debt
    [activation] activation
    [call] call
    [order] joint order
    [floor] price floor
    [right] right
    [restriction] restriction
    [licence] licence
    [share_limit] share limit
    [request] request
    [report] report
    [break] break
    [match] match
    [publication] publication
    [trusted_log] trusted log
    [person] person
    [mandate] mandate
   *[fact] fact
}
word-tally = { $tally ->
    [entitlement] entitlement
    [draw] draw
    [unshared_stock] unshared stock
    [debt] debt
    [loan] loan
    [commitment] commitment
    [cash] cash
    [grant] grant
    [cash_contribution] cash contribution
    [cash_due] cash due
    [call] call
    [commitment_to_the_call] commitment to the call
    [made_available] made available
    [delivery] delivery
    [relief] relief
    [waiver] waiver
    [default] default
    [demand] demand
    [order] order
    [receipt] receipt
    [payment] payment
    [right] right
    [licence] licence
    [mandate] part of the mandate
    [acceptance] acceptance
    [came_back] part of the draw that may still come back
   *[stock_to_restore] stock to restore
}

## Tables

## Why a line of a source moves nothing (ingest/src/reading/why.rs)

skipped-no_figure = no figure
skipped-row_without_figure = a row without a figure
skipped-sum_of_rows = a sum of other rows
skipped-moves_nothing = moves nothing
skipped-said_below = the day is said again below
skipped-added = added to a figure of its day
skipped-said_before = said before, of the same day
skipped-headings = the headings again
skipped-section_title = the title of a section
skipped-where_or_unless = left out by `where` or `unless`
skipped-stop_at = behind the end of the table (`stop_at`)
skipped-moved_nothing = it moved nothing, and stays
skipped-no_change = no change
skipped-no_flow = no flow
skipped-before_first = before the first count
skipped-first_count = the first count
skipped-opens_with_nothing = opens with nothing
skipped-said_twice = said twice
skipped-there = loaded before
skipped-by_hand = corrected by hand
skipped-waits = waits for a checker

## What rows leave out (answers/src/left_out.rs)

left-unstated = left out: { $quantity } of `{ $material }`, which cannot be stated as { $basis } here
left-receipts = left out: { $count } lots, whose contents nobody stated in the basis that was asked for
left-own_basis = some lines stay in their own basis: no assay states their lots as asked
left-own_unit = some lines stay in their own unit: no factor joins it to the unit asked for

table-nothing = nothing to show
table-withheld = withheld
table-unknown = unknown
table-seen-by = seen by { $party }: what others hold, and it may not see, is not in it
brief-proof = As known after event { $event }. `granary audit prove` with the event of a line proves it.
brief-cash = Cash: { $opening } at the beginning, { $closing } at the end.
table-yes = yes
table-no = no
table-range = { $low } to { $high }
table-gone = not shown for want of width: { $columns }; `--format wide` or `--format vertical` shows all
table-rest = and { $more } more: `--format csv` writes all
table-rest-of-page = and more than { $more } more: `--format csv` writes all
table-more = { $more ->
    [none] there is more
   *[other] { $more } more
}; go on with { $ask }

## The console

console-title = Granary
console-skip = Skip to the content
console-overview = Overview
console-positions = Positions
console-cover = Cover
console-history = History
console-problem = This could not be shown
console-as_of = As of (day)
console-known_at = As known at (event or time)
console-tell_apart = Tell apart by
console-party = Owner
console-material = Material
console-site = Site
console-lot = Lot
console-show = Show
console-materials_held = What is held, by material
console-latest = The latest events
console-days_left = Days of cover, on hand against the need of a day
console-over_time = On hand at the end of each month
console-custody = Where it came from, and what became of it
console-older = Older
console-newest = Newest
console-posted_by = Posted by
console-first_page = Back to the first page
console-further = Further
console-up_to = Answers go up to event
console-breaks = Breaks
console-break = Break
console-whose = Whose reports
console-responsible = Responsible
console-status = Status
console-not_closed = not closed
console-ageing = Breaks that are not closed, by age
console-age = age
console-days = days
console-since_effective = since it took effect
console-since_report = since the first report
console-ages_as_of = As of
console-sides = Both sides
console-steps = What was done
console-balances = Balances
console-areas = Where there is something to balance
console-at = at
console-from_day = From (day)
console-through_day = Through (day)
console-sigma_from = Sigma from
console-periods = periods
console-periods_shown = Periods, the last of them
console-trend_since = the test of trend alarms since
console-stocktakes = Stock at each stocktake
console-muf = Material unaccounted for (MUF), with its limits
console-limits = Dotted: 2 sigma, a warning. Dashed: 3 sigma, an alarm.
console-reports = Reports
console-calendar = What was due
console-received = What was received
console-missing = Numbers that are missing:
console-too_few = Too few figures for a chart.
console-sign_in = Sign in
console-sign_out = Sign out
console-token = Token
console-token_whence = Whoever runs the ledger gives tokens out. On the machine itself, `granary serve` prints a link that signs in.
console-closed = closed
console-rounding = rounding
console-noise = noise
console-timing = timing
console-open = open
console-ask = Ask
console-do = Do
console-any_question = Every question that the ledger answers. Each has a form, a table, and files for other programs.
console-any_act = What you may do. Each act can be tried before it is recorded; what is recorded is never changed, only corrected.
console-as_file = The same as a file:
console-yes = yes
console-no = no
console-party_that_acts = Party that acts
console-effective = Day on which it takes effect
console-maker = Person who does it
console-try_it = Try
console-record_it = Record
console-sign_in_to_act = Whoever signs in here can do this.
console-is_there = It was recorded before.
console-is_held = It waits for a second person to approve it.
console-is_recorded = It is recorded.
console-would_stand = It would be recorded. Nothing has been done yet.
console-is_refused = It was refused.
console-would_be_refused = It would be refused. Nothing has been done.
console-event = event

## Words of closed lists

access-granted = granted
access-open = open
access-refused = refused

area-bulk = bulk
area-item = item

break-explained = explained
break-open = open
break-resolved = resolved
break-written_off = written off

call-cancelled = cancelled
call-open = open
call-terminated = terminated

class-basis_or_unit_differs = basis or unit differs
class-date_differs = date differs
class-duplicate = duplicate
class-matched = matched
class-ours_only = ours only
class-quantity_differs = quantity differs
class-rounding = rounding
class-theirs_only = theirs only
class-within_tolerance = within tolerance

direction-acquisition = acquisition
direction-disposal = disposal

due-in_time = in time
due-late = late
due-missing = missing
due-not_due_yet = not due yet

encumbrance-allocation = allocation
encumbrance-delegation = delegation
encumbrance-earmark = earmark
encumbrance-hold = hold
encumbrance-loan = loan
encumbrance-pledge = pledge
encumbrance-ticket = ticket

escalation-auditor = auditor
escalation-owner = owner
escalation-secretariat = secretariat
escalation-supervisor = supervisor

event-done = done
event-held = held
event-refused = refused

figure-consumption = consumption
figure-exports = exports
figure-imports = imports
figure-production = production
figure-refining = refining
figure-reserves = reserves in the ground

form-alloy = alloy
form-carbonate = carbonate
form-concentrate = concentrate
form-crude = crude
form-gas = gas
form-magnet = magnet
form-metal = metal
form-ore = ore
form-other = other
form-oxide = oxide
form-product = product
form-scrap = scrap

found-amount = amount
found-hand = hand
found-nothing = nothing
found-reference = reference
found-sum = sum
found-tolerance = tolerance

group-closing = closing
group-movement = movement

key-consumption = consumption
key-net_imports = net imports
key-of_all = as for all materials
key-pledge = pledge
key-shares = shares

levels-bands = bands of days
levels-days = days
levels-quantities = quantities

limit_verdict-broken = broken
limit_verdict-kept = kept
limit_verdict-possible = may be broken

measured-alarm = alarm
measured-not_judged = not judged
measured-not_significant = not significant
measured-records_wrong = records wrong
measured-warning = warning

member-invited = invited
member-joined = joined
member-left = left
member-not_yet = not yet
member-suspended = suspended

money-contribution = contribution
money-due = due
money-insurance = insurance
money-interest = interest
money-other_cost = other cost
money-other_income = other income
money-penalty = penalty
money-purchase = purchase
money-refund = refund
money-replenishment = replenishment
money-sale = sale
money-storage = storage
money-support = support
money-transport = transport
not_compared-no_assay = no assay says its grade
not_compared-no_price = no price
not_compared-no_rate = no rate of its currency
part-cancelled = cancelled
part-defaulted = defaulted
part-fulfilled = fulfilled
part-fulfilled_within_tolerance = fulfilled within tolerance
part-late = late
part-not_asked = not asked
part-open = open
part-terminated = terminated
part-waived = waived

period-closed = closed
period-noise = noise
period-open = open
period-rounding = rounding
period-timing = timing

place-in_transit = in transit
place-on_loan = on loan
place-site = site
place-virtual = virtual

promise-allocation = allocation
promise-cash = cash
promise-delegation = delegation
promise-earmark = earmark
promise-forward = forward
promise-hold = hold
promise-loan = loan
promise-pledge = pledge
promise-ticket = ticket

reason-assay_provisional = assay provisional
reason-cut_off = cut-off
reason-duplicate = duplicate
reason-figure_wrong = figure wrong
reason-missing = missing
reason-moisture = moisture
reason-rounding = rounding
reason-sign_reversed = sign reversed
reason-site_wrong = site wrong
reason-timing = timing
reason-unit_or_basis = unit or basis
reason-unknown = unknown
reason-wrong_lot = wrong lot
reason-wrong_party = wrong party

report-statement = statement
report-transactions = transactions

retry-changed = changed
retry-later = later
retry-never = never

right-forward = forward
right-offtake = offtake
right-option = option

role-agency = agency
role-auditor = auditor
role-operator = operator
role-secretariat = secretariat
role-supplier = supplier

share_of-manufactured = manufactured
share_of-mined = mined
share_of-refined = refined
share_of-separated = separated
share_of-site = site
share_of-supplier = supplier

shipment-agreed = agreed
shipment-arrival_only = arrival only
shipment-differs = differs
shipment-in_transit = in transit

side-ours = ours
side-theirs = theirs

significance-not_significant = not significant
significance-significant = significant
significance-unjudged = unjudged

source-barter = barter
source-domestic = domestic
source-donation = donation
source-joint_procurement = joint procurement
source-loan = loan
source-mixed = mixed
source-primary = primary
source-recycled = recycled
source-seabed = seabed

stage-manufactured = manufactured
stage-mined = mined
stage-refined = refined
stage-separated = separated

step-manufacturing = manufacturing
step-mining = mining
step-refining = refining
step-separation = separation

transfer-complete = complete
transfer-in_transit = in transit

verdict-accepted = accepted
verdict-duplicate = duplicate
verdict-invalid = invalid
verdict-refused = refused

way-in = in
way-out = out

## Headings of columns

column-abroad = abroad
column-accepted = accepted
column-act = act
column-activation = activation
column-acts = acts
column-after = after
column-again = again
column-against = against
column-age = age
column-age_reported = age reported
column-ageing = ageing
column-ageing_reported = ageing reported
column-agreement = agreement
column-agrees = agrees
column-and = and
column-approval = approval
column-area = area
column-arrival = arrival
column-arrived = arrived
column-arriving = arriving
column-as_of = as of
column-asked = asked
column-assay = assay
column-assays = assays
column-at_risk = at risk
column-authority = authority
column-authority_required = authority required
column-available = available
column-away = away
column-balance = balance
column-balances = balances
column-base = base
column-basis = basis
column-before = before
column-beginning = beginning
column-below_floor = below floor
column-beneficiary = beneficiary
column-blocked = blocked
column-book_now = book now
column-book_then = book then
column-books = books
column-bound = bound
column-breached = breached
column-break_code = break code
column-break_status = break status
column-breaks = breaks
column-buyer = buyer
column-by = by
column-call = call
column-calls = calls
column-carrier = carrier
column-cash = cash
column-ceiling = ceiling
column-change = change
column-checker = checker
column-class = class
column-close = close
column-closed = closed
column-closed_by = closed by
column-closed_through = closed through
column-closing = closing
column-closing_cash = closing cash
column-code = code
column-committed = committed
column-compliance = compliance
column-cosigned = cosigned
column-count = count
column-counted = counted
column-counted_by = counted by
column-counted_elsewhere = counted elsewhere
column-counterparty = counterparty
column-country = country
column-counts = counts
column-cover = cover
column-cumulative = cumulative
column-cumulative_sigma = cumulative sigma
column-currency = currency
column-custodian = custodian
column-day = day
column-days = days
column-days_alone = days alone
column-days_available = days available
column-days_late = days late
column-days_on_hand = days on hand
column-days_with_pools = days with pools
column-days_with_reserve = days with reserve
column-debt = debt
column-decimals = decimals
column-decreases = decreases
column-defaulted = defaulted
column-delay_days = delay days
column-delivered = delivered
column-delivered_on = delivered on
column-demanded = demanded
column-dependence = dependence
column-depth = depth
column-difference = difference
column-differing_days = differing days
column-direction = direction
column-dispatch = dispatch
column-documents = documents
column-done = done
column-drawn = drawn
column-dual_control_above = dual control above
column-due = due
column-earmarked = earmarked
column-effective = effective
column-elapsed = elapsed
column-encumbered = encumbered
column-end_use = end use
column-ended = ended
column-ending = ending
column-entitled = entitled
column-escalation = escalation
column-event = event
column-executed = executed
column-fact = fact
column-factors = factors
column-facts = facts
column-first = first
column-first_report = first report
column-flagged = flagged
column-flagged_are_compared = flagged are compared
column-flags = flags
column-flaws = flaws
column-floor = floor
column-follows = follows
column-follows_key = follows key
column-form = form
column-forward = forward
column-found = found
column-found_by = found by
column-free = free
column-goal = goal
column-goal_now = goal now
column-goal_then = goal then
column-granted = granted
column-group = first of its group
column-groups = groups
column-half_matched = half matched
column-hash = hash
column-held_by_others = held by others
column-held_in_pools = held in pools
column-hhi = hhi
column-hhi_min = hhi min
column-hhi_range = hhi range
column-hint = hint
column-holder = holder
column-holds = holds
column-hs = hs
column-id = id
column-in_force = in force
column-in_reach = in reach
column-in_transit = in transit
column-incomplete = incomplete
column-increases = increases
column-into = into others
column-is_new = is new
column-keeper = keeper
column-key = key
column-key_event = key event
column-key_part = key part
column-key_since = key since
column-key_year = key year
column-keys = keys
column-kind = kind
column-known_at = known at
column-last = last
column-late_days = late days
column-left = left
column-lent = lent
column-levels = levels
column-licence_left = licence left
column-limit = limit
column-line = line
column-lines = lines
column-lines_outside = lines outside
column-lost = lost
column-lot = lot
column-made = made
column-made_of = made of
column-maker = maker
column-mandate = mandate
column-marks = marks
column-material = material
column-member = member
column-members = members
column-message = message
column-mined = mined
column-missing = missing
column-most = most
column-movements_told = movements told
column-muf = muf
column-name = name
column-need_a_year = need a year
column-need_now = need now
column-need_then = need then
column-needs_explanation = needs explanation
column-noise = noise
column-note = note
column-now = now
column-of = of
column-on_hand = on hand
column-open = open
column-opening = opening
column-opening_cash = opening cash
column-order = order
column-ordered = ordered
column-origin = origin
column-our_lines = our lines
column-our_quantity = our quantity
column-ours = ours
column-outcome = outcome
column-outside = outside
column-outstanding = outstanding
column-overdue = overdue
column-owed = owed
column-own_done = own done
column-own_entitled = own entitlement
column-own_part = own part
column-owned = owned
column-owner = owner
column-paid = paid
column-paper_since = paper since
column-parents = parents
column-part = part
column-party = party
column-percent = percent
column-periods = periods
column-person = person
column-physical = physical
column-piece = piece
column-place = place
column-pledged = pledged
column-pool = pool
column-price = price
column-problem = problem
column-project = project
column-promised = promised
column-proof = proof
column-publication = publication
column-published = published
column-quantity = quantity
column-reason = reason
column-receivable = receivable
column-received = received
column-receiver = receiver
column-recorded = recorded
column-recorded_at = recorded at
column-reference = reference
column-refined = refined
column-relieved = relieved
column-replaced_by = replaced by
column-replenish_by = replenish by
column-report = report
column-request = request
column-requester = requester
column-requirement_per_day = requirement per day
column-reserve = reserve
column-reserved = reserved
column-retry = retry
column-reversed = reversed
column-reversed_by = reversed by
column-reverses = reverses
column-revised = revised
column-right = right
column-role = role
column-root = root
column-rounding = rounding
column-rule = rule
column-rules = rules
column-same = same
column-same_file_as = same file as
column-same_rule = same rule
column-says = says
column-secretariat = secretariat
column-seen_by = seen by
column-seen_events = seen events
column-seen_root = seen root
column-separated = separated
column-seq = seq
column-series = series
column-set_by = set by
column-settled_on = settled on
column-share = share
column-shipped = shipped
column-shipper = shipper
column-shipper_receiver = shipper receiver
column-short = short
column-shortfall = shortfall
column-side = side
column-sigma = sigma
column-sigma_from = sigma from
column-signed_by = signed by
column-significance = significance
column-since = since
column-site = site
column-size = size
column-source = source
column-stage = stage
column-state = state
column-status = status
column-steps = steps
column-supplier = supplier
column-support_owed = support owed
column-decision = decision
column-came_in = came in
column-went_out = went out
column-purpose = purpose
column-who = who
column-served = served
column-not_compared = not compared
column-taken_back_by = taken back by
column-target = target
column-text = text
column-their_lines = their lines
column-their_quantity = their quantity
column-theirs = theirs
column-then = then
column-through = through
column-timing = timing
column-to = to
column-to_pay = to pay
column-total = total
column-trend_alarm = trend alarm
column-trend_since = trend since
column-trusted = trusted
column-uncertain = uncertain
column-unexplained = unexplained
column-unit = unit
column-units = units
column-unshared = unshared
column-unstated = unstated
column-used = used
column-value = value
column-verdict = verdict
column-waived = waived
column-way = way
column-weight = weight
column-what = what
column-whose = whose
column-why = why
column-winding_up = winding up
column-withheld = withheld
column-witnesses = witnesses
column-year = year
column-zone = zone
