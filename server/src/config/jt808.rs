//! The settings of the JT/T 808 gateway: how long it waits, how much it takes, what it believes.
//!
//! Each begins with `jt808_`. No figure of the standard was at hand for any of them: each default says where it comes from.

use super::{ConfigError, within};

/// Whether a terminal that comes with another IMEI or terminal id than before is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceCheck {
    /// It is let in and marked in `GET /api/terminals`: a repaired modem must not silence a vehicle.
    Mark,
    /// It is refused until an administrator approves the terminal again.
    Refuse,
}

/// In which zone 0x8004 tells the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeAnswer {
    /// UTC: what the open implementations that name the field's zone say.
    Utc,
    /// GMT+8, as in every other message.
    Gmt8,
}

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jt808 {
    /// A connection without a good frame for so many seconds is closed. 300: five heartbeats at the usual one a minute.
    pub idle_s: u32,
    /// Frames a second of one connection, beyond which reading pauses. 2,000: over a thousand times what a terminal sends
    /// live, and some 60,000 reports a second in full batches.
    pub frames_per_s: u32,
    /// KiB a second of one connection, beyond which reading pauses. 1,024: a week without a link at one report in ten
    /// seconds (1.8 MB) is in within two seconds.
    pub kib_per_s: u32,
    /// Connections from one address. 20,000: an operator's network shows many terminals under one address, so that this
    /// guards the process's open files and no more; lower it where terminals have addresses of their own.
    pub connections_per_address: u32,
    /// Connections that have not shown their code yet. 4,096: as many as may wait to be accepted.
    pub unauthenticated: u32,
    /// Missing parts of a split message are asked for when none came for so many seconds. 10: longer than a mobile network
    /// holds a packet back.
    pub part_timeout_s: u32,
    /// How many seconds a terminal has to answer a command. 15: less than a person's patience and a proxy's 60 s.
    pub command_timeout_s: u32,
    /// What another device under a known phone means.
    pub device_check: DeviceCheck,
    /// How 0x8004 tells the time.
    pub time_answer: TimeAnswer,
}

impl Default for Jt808 {
    fn default() -> Jt808 {
        Jt808 {
            idle_s: 300,
            frames_per_s: 2_000,
            kib_per_s: 1_024,
            connections_per_address: 20_000,
            unauthenticated: 4_096,
            part_timeout_s: 10,
            command_timeout_s: 15,
            device_check: DeviceCheck::Mark,
            time_answer: TimeAnswer::Utc,
        }
    }
}

impl Jt808 {
    /// Takes one setting over; `Err` says what may stand there. Any other name is no setting of the gateway.
    pub(super) fn apply(
        &mut self,
        name: &str,
        value: &str,
        bad: impl Fn(&'static str) -> ConfigError,
    ) -> Result<(), ConfigError> {
        let number = |least, most, must| within(value, least, most).ok_or_else(|| bad(must));
        match name {
            "jt808_idle_s" => self.idle_s = number(1, 86_400, "a whole number from 1 to 86400")?,
            "jt808_frames_per_s" => self.frames_per_s = number(1, 1_000_000, "a whole number from 1 to 1000000")?,
            "jt808_kib_per_s" => self.kib_per_s = number(1, 1_000_000, "a whole number from 1 to 1000000")?,
            "jt808_connections_per_address" => {
                self.connections_per_address = number(1, 1_000_000, "a whole number from 1 to 1000000")?;
            }
            "jt808_unauthenticated" => self.unauthenticated = number(1, 1_000_000, "a whole number from 1 to 1000000")?,
            "jt808_part_timeout_s" => self.part_timeout_s = number(1, 600, "a whole number from 1 to 600")?,
            "jt808_command_timeout_s" => self.command_timeout_s = number(1, 50, "a whole number from 1 to 50")?,
            "jt808_device_check" => {
                self.device_check = match value {
                    "mark" => DeviceCheck::Mark,
                    "refuse" => DeviceCheck::Refuse,
                    _ => return Err(bad("mark or refuse")),
                }
            }
            "jt808_time_answer" => {
                self.time_answer = match value {
                    "utc" => TimeAnswer::Utc,
                    "gmt8" => TimeAnswer::Gmt8,
                    _ => return Err(bad("utc or gmt8")),
                }
            }
            _ => unreachable!("the name stands in NAMES"),
        }
        Ok(())
    }

    /// Every setting with its value as it is written in the file.
    pub fn values(&self) -> [(&'static str, toml::Value); 9] {
        let number = |value: u32| toml::Value::from(i64::from(value));
        let device_check = match self.device_check {
            DeviceCheck::Mark => "mark",
            DeviceCheck::Refuse => "refuse",
        };
        let time_answer = match self.time_answer {
            TimeAnswer::Utc => "utc",
            TimeAnswer::Gmt8 => "gmt8",
        };
        [
            ("jt808_idle_s", number(self.idle_s)),
            ("jt808_frames_per_s", number(self.frames_per_s)),
            ("jt808_kib_per_s", number(self.kib_per_s)),
            ("jt808_connections_per_address", number(self.connections_per_address)),
            ("jt808_unauthenticated", number(self.unauthenticated)),
            ("jt808_part_timeout_s", number(self.part_timeout_s)),
            ("jt808_command_timeout_s", number(self.command_timeout_s)),
            ("jt808_device_check", device_check.into()),
            ("jt808_time_answer", time_answer.into()),
        ]
    }
}
