//! Values with a meaning of their own: quantities, versions, images, addresses, paths, dates and so on.
//!
//! Each type is parsed from text, compared, and printed; nothing here knows of documents, places or evaluation. All
//! parsers take time proportional to the text and bounded memory. Every type serialises as its text, and is parsed
//! again (and so checked again) when it is read back.

pub mod cron;
pub mod date;
pub mod duration;
pub mod entropy;
mod error;
pub mod fs_path;
pub mod glob;
pub mod image;
pub mod license;
pub mod net;
pub mod number;
pub mod port;
pub mod purl;
pub mod quantity;
pub mod range;
pub mod regexes;
pub mod scaled;
pub mod semver;
pub mod severity;
pub mod version_range;

pub use cron::Cron;
pub use date::Date;
pub use duration::Duration;
pub use entropy::entropy;
pub use error::ParseError;
pub use fs_path::FsPath;
pub use glob::{Glob, GlobKind};
pub use image::{ImageRef, ImageText};
pub use license::License;
pub use net::{Cidr, Ip};
pub use number::Number;
pub use port::{Port, Protocol};
pub use purl::Purl;
pub use quantity::Quantity;
pub use range::IntRange;
pub use regexes::Pattern;
pub use scaled::{IntOrText, Rounding, scaled};
pub use semver::Version;
pub use severity::Severity;
pub use version_range::VersionRange;

/// Serialises a type as its printed text and parses that text when reading back.
macro_rules! serde_as_text {
    ($ty:ty) => {
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                <$ty>::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
use serde_as_text;

#[cfg(test)]
mod testing {
    //! Shared by the tests of the value types.

    use std::fmt::Debug;

    /// What is written must come back equal, through a format that describes itself and through one that does not.
    pub(super) fn round_trip<T>(value: &T)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
    {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        let bytes = postcard::to_stdvec(value).unwrap();
        assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), value, "{json}");
    }
}
