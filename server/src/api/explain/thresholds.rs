//! The figures by which an event was judged, each with its unit and where it comes from.

use super::Facts;
use super::text::Text;
use crate::ingest;
use cordon_spatial::event::EventKind;
use cordon_spatial::units::{Millimetres, SpanMs};
use cordon_spatial::watch::Settings;
use serde::Serialize;
use utoipa::ToSchema;

/// One figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdJson {
    /// What it is called.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// `m`, `s`, `km/h`, `vehicles` or `fixes`.
    pub unit: &'static str,
    /// Whether it decided this event; the others were in force beside it.
    pub decided: bool,
    /// Where it comes from: `fix` (the terminal stated it), `zone` (its shape), `rule`, or `setting` (of this server).
    pub from: &'static str,
    /// What it does.
    pub text: Text,
}

/// The figures that decided, then the settings in force.
pub(super) fn of(facts: &Facts) -> Vec<ThresholdJson> {
    let settings = ingest::settings();
    let decided = facts.core().evidence.thresholds;
    let mut all = Vec::new();
    if let Some(taken) = decided.accuracy {
        let (from, text) = accuracy_origin(facts, taken, &settings);
        all.push(figure("accuracy_m", taken.as_metres(), "m", from, text));
    }
    if let Some(needed) = decided.needed {
        let (from, text) = needed_origin(facts.core().kind, needed, decided.accuracy, &settings);
        all.push(figure("needed_m", needed.as_metres(), "m", from, text));
    }
    if let Some(limit_s) = decided.limit_s {
        let (from, text) = match facts.core().kind {
            EventKind::Silence => ("setting", Text::of("允许没有定位的最长时间", "the longest time without a fix")),
            EventKind::ClockWrong => {
                ("setting", Text::of("终端时间与接收时间相差超过此值才算不准", "a clock is wrong that is further off"))
            }
            EventKind::Frozen => {
                ("setting", Text::of("位置不动达到此时长才算冻结", "a position is frozen when it stands so long"))
            }
            EventKind::Unknown => (
                "setting",
                Text::of(
                    "相邻两点的时间差超过此值，其间路径即不可知",
                    "the way between two fixes further apart is not known",
                ),
            ),
            _ => ("rule", Text::of("规则规定的最长停留时间", "the longest stay that the rule allows")),
        };
        all.push(figure("limit_s", f64::from(limit_s), "s", from, text));
    }
    if let Some(limit) = decided.limit_kph {
        let (from, text) = match facts.core().kind {
            EventKind::Frozen => ("setting", Text::of("高于此车速即自报在行驶", "a higher speed says that it moves")),
            EventKind::Unknown => (
                "setting",
                Text::of("两点间隐含车速超过此值即不可信", "a step that implies a higher speed is not believed"),
            ),
            _ => ("rule", Text::of("规则规定的最高车速", "the highest speed that the rule allows")),
        };
        all.push(figure("limit_kph", limit.as_kph(), "km/h", from, text));
    }
    if let Some(limit_n) = decided.limit_n {
        let text = Text::of("规则允许同时在内的最多车辆数", "the most vehicles that the rule allows inside at once");
        all.push(figure("limit_n", f64::from(limit_n), "vehicles", "rule", text));
    }
    if let Some(rule) = &facts.core().rule {
        let delays = [("on_delay_s", rule.on_delay_s, ON_DELAY), ("off_delay_s", rule.off_delay_s, OFF_DELAY)];
        for (name, seconds, (zh, en)) in delays {
            if seconds > 0 {
                all.push(figure(name, f64::from(seconds), "s", "rule", Text::of(zh, en)));
            }
        }
    }
    all.extend(in_force(&settings));
    all
}

const ON_DELAY: (&str, &str) = ("条件持续这么久才报警", "an alarm is raised when the condition has held so long");
const OFF_DELAY: (&str, &str) =
    ("条件消失这么久报警才恢复", "the alarm returns when the condition has been away so long");

fn figure(name: &'static str, value: f64, unit: &'static str, from: &'static str, text: Text) -> ThresholdJson {
    ThresholdJson { name, value, unit, decided: true, from, text }
}

/// Where the accuracy that was taken comes from. The fix that confirmed an edge may be a later one than the two at it.
fn accuracy_origin(facts: &Facts, taken: Millimetres, settings: &Settings) -> (&'static str, Text) {
    let stated = facts.after.and_then(|fix| fix.accuracy_dm).map(|dm| Millimetres(i64::from(dm) * 100));
    if stated == Some(taken) {
        return ("fix", Text::of("定位点自报的精度", "the accuracy that the fix states"));
    }
    if taken == settings.default_accuracy {
        return ("setting", Text::of("定位点未报精度，取默认值", "the fix states none: the default"));
    }
    if taken == settings.max_accuracy {
        return ("setting", Text::of("自报精度太差，取上限", "the fix states a worse one: the most that is believed"));
    }
    ("fix", Text::of("起决定作用的定位点自报的精度", "the accuracy that the deciding fix states"))
}

/// Where the needed depth or distance comes from.
fn needed_origin(
    kind: EventKind,
    needed: Millimetres,
    accuracy: Option<Millimetres>,
    settings: &Settings,
) -> (&'static str, Text) {
    let leaves = matches!(kind, EventKind::Exit | EventKind::Cross);
    if leaves && needed == settings.exit_hysteresis {
        return ("setting", Text::of("驶出判定的最小距离", "the least distance at which leaving is certain"));
    }
    if accuracy == Some(needed) {
        return ("fix", Text::of("等于所取精度", "as much as the accuracy that was taken"));
    }
    if leaves {
        return ("setting", Text::of("驶出判定所需的距离", "the distance at which leaving is certain"));
    }
    ("zone", Text::of("区域较窄，取其可达深度的一半", "the zone is narrow: half the depth that a path can reach in it"))
}

/// The settings by which every event is judged.
fn in_force(settings: &Settings) -> Vec<ThresholdJson> {
    let metres = |name, length: Millimetres, zh: &str, en: &str| setting(name, length.as_metres(), "m", zh, en);
    let seconds = |name, span: SpanMs, zh: &str, en: &str| setting(name, span.0 as f64 / 1e3, "s", zh, en);
    vec![
        seconds("gap_s", settings.gap, "两点相隔超过此值，其间轨迹不明", "a longer gap leaves the path unknown"),
        setting(
            "max_kph",
            f64::from(settings.max_kph),
            "km/h",
            "两点之间推算车速超过此值，轨迹不可信",
            "a step that implies more is not believed",
        ),
        metres("default_accuracy_m", settings.default_accuracy, "未报精度时取此值", "taken where a fix states none"),
        metres("max_accuracy_m", settings.max_accuracy, "自报精度最多取此值", "the most that is taken"),
        metres(
            "exit_hysteresis_m",
            settings.exit_hysteresis,
            "离开边界至少这么远才确定驶出",
            "leaving is certain so far outside at least",
        ),
        seconds(
            "settle_s",
            settings.settle,
            "不够深的驶入持续这么久才成立",
            "an enter that is not deep enough stands after so long",
        ),
        metres(
            "drift_m",
            settings.drift,
            "熄火后小于此值的移动算漂移",
            "smaller movements with the ignition off are drift",
        ),
        setting(
            "teleport_agree",
            f64::from(settings.teleport_agree),
            "fixes",
            "位置跳变要这么多点一致才采信",
            "so many fixes must agree before a jump is believed",
        ),
        seconds(
            "late_s",
            settings.late,
            "得知晚于此值算迟报，不鸣响",
            "known later than that, it is late and never sirened",
        ),
        seconds("final_s", settings.finalise, "此后事件定案", "after that an event is final"),
    ]
}

fn setting(name: &'static str, value: f64, unit: &'static str, zh: &str, en: &str) -> ThresholdJson {
    ThresholdJson { name, value, unit, decided: false, from: "setting", text: Text::of(zh, en) }
}
