//! What a weight includes: packing, water, or only the element inside. Different bases never add.

use std::fmt;

/// The longest code of a substance, in bytes.
const SUBSTANCE_BYTES_MAX: usize = 15;

/// Why a text is not a basis.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasisError {
    /// No basis has this code.
    #[error("`{code}` is not a basis: write gross, net, wet, dry, REO or contained:<element or oxide>")]
    Unknown {
        /// What was read.
        code: String,
    },
    /// What is contained must be a formula, such as `Nd` or `Nd2O3`.
    #[error("`{code}` is not the formula of an element or oxide")]
    NotAFormula {
        /// What was read.
        code: String,
    },
}

/// The formula of an element or compound, such as `Nd` or `Nd2O3`: a capital letter, then at most 14 letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Substance {
    /// ASCII, filled up with zeros, so that order and equality are those of the text.
    bytes: [u8; SUBSTANCE_BYTES_MAX],
}

impl Substance {
    /// Reads a formula.
    pub fn parse(code: &str) -> Result<Self, BasisError> {
        let formula = code.len() <= SUBSTANCE_BYTES_MAX
            && code.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !formula {
            return Err(BasisError::NotAFormula { code: code.to_owned() });
        }
        let mut bytes = [0; SUBSTANCE_BYTES_MAX];
        bytes[..code.len()].copy_from_slice(code.as_bytes());
        Ok(Self { bytes })
    }

    /// The formula.
    #[must_use]
    pub fn code(&self) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(SUBSTANCE_BYTES_MAX);
        std::str::from_utf8(&self.bytes[..end]).expect("only ASCII is taken in")
    }
}

impl fmt::Debug for Substance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().fmt(f)
    }
}

impl fmt::Display for Substance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What a weight includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// With the packing.
    Gross,
    /// Without the packing.
    Net,
    /// With the moisture.
    Wet,
    /// Without the moisture.
    Dry,
    /// All rare earths inside, as their oxides.
    Reo,
    /// Only the element or oxide inside.
    Contained(Substance),
}

impl Basis {
    /// Reads a code: `gross`, `net`, `wet`, `dry`, `REO`, `contained:Nd`.
    pub fn parse(code: &str) -> Result<Self, BasisError> {
        match code {
            "gross" => Ok(Self::Gross),
            "net" => Ok(Self::Net),
            "wet" => Ok(Self::Wet),
            "dry" => Ok(Self::Dry),
            "REO" => Ok(Self::Reo),
            _ => match code.strip_prefix("contained:") {
                Some(formula) => Substance::parse(formula).map(Self::Contained),
                None => Err(BasisError::Unknown { code: code.to_owned() }),
            },
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gross => f.write_str("gross"),
            Self::Net => f.write_str("net"),
            Self::Wet => f.write_str("wet"),
            Self::Dry => f.write_str("dry"),
            Self::Reo => f.write_str("REO"),
            Self::Contained(substance) => write!(f, "contained:{substance}"),
        }
    }
}

/// The code as a text string: `"net"`, `"contained:Nd"`.
impl<C> minicbor::Encode<C> for Basis {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Basis {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).map_err(|_| minicbor::decode::Error::message("not the code of a basis"))
    }
}

#[cfg(test)]
mod tests;
