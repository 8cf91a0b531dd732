//! The figures by which the site judges: when a vehicle is missed, and when its position is frozen.
//!
//! What each means and where its default comes from stands with [`SiteFigures`].

use super::{ConfigError, within};
use cordon_spatial::figures::SiteFigures;
use cordon_spatial::units::{DeciKph, SpanMs};

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judging {
    /// A vehicle of which no fix was received for so many seconds is silent.
    pub silence_s: u32,
    /// The same for one whose ignition was off and that was in no hazard zone.
    pub silence_asleep_s: u32,
    /// A fix that reports a higher speed in km/h says that its vehicle moves.
    pub frozen_kph: u32,
    /// A position is frozen when so many of these in a row are at one place.
    pub frozen_fixes: u32,
    /// And when they span so many seconds.
    pub frozen_s: u32,
}

impl Default for Judging {
    fn default() -> Judging {
        let figures = SiteFigures::default();
        let seconds = |span: SpanMs| u32::try_from(span.0 / 1_000).expect("no default is a lifetime");
        Judging {
            silence_s: seconds(figures.silence),
            silence_asleep_s: seconds(figures.silence_asleep),
            frozen_kph: u32::from(figures.frozen_speed.0) / 10,
            frozen_fixes: figures.frozen_fixes,
            frozen_s: seconds(figures.frozen),
        }
    }
}

impl Judging {
    /// The names of the settings.
    pub(super) const NAMES: [&str; 5] = ["silence_s", "silence_asleep_s", "frozen_kph", "frozen_fixes", "frozen_s"];

    /// Takes one setting over; `Err` says what may stand there.
    pub(super) fn apply(
        &mut self,
        name: &str,
        value: &str,
        bad: impl Fn(&'static str) -> ConfigError,
    ) -> Result<(), ConfigError> {
        let number = |least, most, must| within(value, least, most).ok_or_else(|| bad(must));
        match name {
            "silence_s" => self.silence_s = number(1, 86_400, "a whole number from 1 to 86400")?,
            "silence_asleep_s" => self.silence_asleep_s = number(1, 2_592_000, "a whole number from 1 to 2592000")?,
            "frozen_kph" => self.frozen_kph = number(1, 200, "a whole number from 1 to 200")?,
            "frozen_fixes" => self.frozen_fixes = number(2, 1_000, "a whole number from 2 to 1000")?,
            "frozen_s" => self.frozen_s = number(1, 86_400, "a whole number from 1 to 86400")?,
            _ => unreachable!("the name stands in NAMES"),
        }
        Ok(())
    }

    /// Checks what only the whole can tell.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.silence_asleep_s < self.silence_s {
            return Err(ConfigError::Asleep { asleep_s: self.silence_asleep_s, silence_s: self.silence_s });
        }
        Ok(())
    }

    /// What the engine judges by, where a connection may be idle for so many seconds.
    pub fn figures(&self, idle_s: u32) -> SiteFigures {
        let seconds = |s: u32| SpanMs::seconds(s.into());
        SiteFigures {
            silence: seconds(self.silence_s),
            silence_asleep: seconds(self.silence_asleep_s),
            contact_lapse: seconds(idle_s),
            frozen_speed: DeciKph(u16::try_from(self.frozen_kph * 10).unwrap_or(u16::MAX)),
            frozen_fixes: self.frozen_fixes,
            frozen: seconds(self.frozen_s),
        }
    }

    /// Every setting with its value as it is written in the file.
    pub fn values(&self) -> [(&'static str, toml::Value); 5] {
        let number = |value: u32| toml::Value::from(i64::from(value));
        [
            ("silence_s", number(self.silence_s)),
            ("silence_asleep_s", number(self.silence_asleep_s)),
            ("frozen_kph", number(self.frozen_kph)),
            ("frozen_fixes", number(self.frozen_fixes)),
            ("frozen_s", number(self.frozen_s)),
        ]
    }
}
