use super::*;

fn balance(account: u32) -> Balance {
    let sums = [i64::from(account) * 1_000, 10, 0];
    Balance {
        salt: balance_salt(&[7; 16], account, 20_000, sums),
        account,
        place: "Ibaraki".into(),
        owner: "JOGMEC".into(),
        lot: format!("LOT-{account}"),
        material: "NdPr".into(),
        unit: "mg net".into(),
        as_of: "2024-10-04".into(),
        on_hand: sums[0],
        encumbered: sums[1],
        blocked: sums[2],
    }
}

fn proof(of: u32, count: u32) -> BalanceProof {
    let mut leaves = Levels::default();
    (0..count).for_each(|account| leaves.append(balance(account).leaf()));
    BalanceProof::of(&leaves, u64::from(of), balance(of)).unwrap()
}

#[test]
fn every_balance_leads_to_the_digest() {
    for count in [1, 2, 3, 7, 8, 100] {
        for of in 0..count {
            proof(of, count).verify().unwrap();
        }
    }
}

#[test]
fn a_proof_is_read_as_it_is_written() {
    let mut proof = proof(5, 9);
    for (close, approval) in [(None, None), (Some(vec![1, 2]), None), (Some(vec![1]), Some(vec![2, 3]))] {
        (proof.close, proof.approval) = (close, approval);
        let text = proof.to_string();
        assert_eq!(BalanceProof::parse(text.as_bytes()), Ok(proof.clone()));
    }
}

#[test]
fn another_balance_does_not_lead_there() {
    let good = proof(5, 9);
    let mut more = good.clone();
    more.balance.on_hand += 1;
    let mut unsalted = good.clone();
    unsalted.balance.salt[0] ^= 1;
    let mut elsewhere = good.clone();
    elsewhere.index = 4;
    for bad in [more, unsalted, elsewhere] {
        assert!(matches!(bad.verify(), Err(BalanceProofError::Path(_))), "{bad}");
    }
}

#[test]
fn the_first_line_that_does_not_belong_is_named() {
    let text = proof(1, 2).to_string();
    let count = text.lines().count();
    for (place, line) in text.lines().enumerate() {
        let changed: String = text
            .lines()
            .enumerate()
            .map(|(at, line)| if at == place { "x\n".into() } else { format!("{line}\n") })
            .collect();
        let found = BalanceProof::parse(changed.as_bytes());
        let line_of = |error: &BalanceProofError| match error {
            BalanceProofError::BadLine { line, .. } => *line,
            _ => 0,
        };
        assert_eq!(found.as_ref().map_err(line_of), Err(place + 1), "`{line}`");
    }
    assert_eq!(
        BalanceProof::parse(format!("{text}x").as_bytes()),
        Err(BalanceProofError::BadLine { line: count + 1, wanted: "" })
    );
    assert_eq!(BalanceProof::parse(b"\xff"), Err(BalanceProofError::NotText));
    assert_eq!(BalanceProof::parse(text.replace("index 1", "index 01").as_bytes()).ok(), None);
}
