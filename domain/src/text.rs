//! Words in both languages.

use serde::{Deserialize, Serialize};

/// The same words in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The same words in both languages, as given.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The words in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A language kefu speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// zh-CN, the default.
    #[default]
    Zh,
    /// English.
    En,
}
