//! The alarm of an event: which it is and why nobody hears it, or why there is none.

use super::text::{Text, clock};
use super::{Facts, Time};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::{Event, EventStatus};
use cordon_spatial::units::{SpanMs, UnixMs};
use serde::Serialize;
use utoipa::ToSchema;

/// The alarm that an event belongs to, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedAlarm {
    /// Its id; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// 1 (highest) to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// When it was raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raised_at: Option<Time>,
    /// Why there is no alarm, or why it sounds no siren: `no_rule`, `retracted`, `on_delay_runs`, `on_delay_not_reached`,
    /// `not_stored`, `late`, `shelved`, `suppressed`, `acknowledged`, `returned`, `closed` or `priority`; absent when it sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The same in words.
    pub text: Text,
}

/// Sirens are for this priority alone.
const SIRENED: u8 = 1;

pub(super) fn of(facts: &Facts, now: UnixMs) -> ExplainedAlarm {
    match (&facts.alarm, facts.event.alarm) {
        (Some(alarm), _) => raised(alarm),
        (None, Some(id)) => {
            let text = Text::of("所属报警已不在库中。", "Its alarm is not stored any more.");
            ExplainedAlarm { id: Some(id.to_string()), ..none("not_stored", text) }
        }
        (None, None) => {
            let (why, text) = why_none(&facts.event, now);
            none(why, text)
        }
    }
}

fn none(why: &'static str, text: Text) -> ExplainedAlarm {
    ExplainedAlarm { id: None, state: None, priority: None, raised_at: None, why: Some(why), text }
}

fn raised(alarm: &Alarm) -> ExplainedAlarm {
    let raised = Text {
        zh: format!("于 {} 产生 P{} 级报警", clock(alarm.raised_at), alarm.priority),
        en: format!("It raised an alarm of priority {} at {}", alarm.priority, clock(alarm.raised_at)),
    };
    let quiet = why_quiet(alarm);
    let text = match &quiet {
        None => Text { zh: format!("{}，鸣响。", raised.zh), en: format!("{}, which sounds a siren.", raised.en) },
        Some((_, why)) => Text {
            zh: format!("{}，不鸣响：{}。", raised.zh, why.zh),
            en: format!("{}, which sounds no siren: {}.", raised.en, why.en),
        },
    };
    ExplainedAlarm {
        id: Some(alarm.id.to_string()),
        state: Some(alarm.state().name()),
        priority: Some(alarm.priority),
        raised_at: Some(Time(alarm.raised_at)),
        why: quiet.map(|(why, _)| why),
        text,
    }
}

/// Why an alarm sounds no siren now; `None` when it does.
fn why_quiet(alarm: &Alarm) -> Option<(&'static str, Text)> {
    match alarm.state() {
        AlarmState::Shelved => {
            let shelf = alarm.shelved.as_ref()?;
            let text = Text {
                zh: format!("已搁置到 {}，原因“{}”", clock(shelf.until), shelf.reason),
                en: format!("it is shelved until {} because of “{}”", clock(shelf.until), shelf.reason),
            };
            Some(("shelved", text))
        }
        AlarmState::Suppressed => Some((
            "suppressed",
            Text::of(
                "同一车辆同因的另一条报警已在等人处理",
                "another alarm of the vehicle says the same and asks for a person",
            ),
        )),
        AlarmState::Closed => Some(("closed", Text::of("已关闭", "it is closed"))),
        AlarmState::Acknowledged => Some(("acknowledged", Text::of("已有人确认", "somebody took note of it"))),
        _ if alarm.late => Some(("late", Text::of("事后才得知", "it was known too late"))),
        AlarmState::Returned => Some(("returned", Text::of("已恢复", "its condition has ended"))),
        AlarmState::Unacknowledged if alarm.priority > SIRENED => {
            Some(("priority", Text::of("只有 P1 级鸣响", "only priority 1 does")))
        }
        AlarmState::Unacknowledged => None,
    }
}

fn why_none(event: &Event, now: UnixMs) -> (&'static str, Text) {
    if event.status == EventStatus::Retracted {
        return ("retracted", Text::of("事件已撤回，没有报警。", "The event was retracted: there is no alarm."));
    }
    let Some(rule) = &event.core.rule else {
        let text = Text::of("不属于任何规则，只作记录，不报警。", "No rule asks for an alarm: it is only kept.");
        return ("no_rule", text);
    };
    let held = event.core.ended_at.unwrap_or(now) - event.core.at;
    let delay = SpanMs::seconds(rule.on_delay_s.into());
    if event.core.ended_at.is_none() && held < delay {
        let due = event.core.at + delay;
        let text = Text {
            zh: format!("条件须持续 {} 秒才报警，最早于 {}。", rule.on_delay_s, clock(due)),
            en: format!(
                "Its condition must hold for {} s: there is an alarm at {} at the earliest.",
                rule.on_delay_s,
                clock(due)
            ),
        };
        return ("on_delay_runs", text);
    }
    if held < delay {
        let text = Text {
            zh: format!("条件只持续了 {} 秒，不到 {} 秒，没有报警。", seconds(held), rule.on_delay_s),
            en: format!(
                "Its condition held for {} s only, not for {} s: there is no alarm.",
                seconds(held),
                rule.on_delay_s
            ),
        };
        return ("on_delay_not_reached", text);
    }
    ("not_stored", Text::of("没有存下它的报警。", "No alarm of it is stored."))
}

fn seconds(span: SpanMs) -> f64 {
    (span.0 as f64 / 100.0).round() / 10.0
}
