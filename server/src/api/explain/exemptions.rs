//! Why no exemption left the vehicle alone: every one that it ever had, by its revision that was in force, and what was not
//! met.
//!
//! The law is that of `cordon_spatial::exemption`: of the revisions recorded by the receipt, the last one in force at the
//! event's time; the first holds for its whole span, later ones from their record on.

use super::text::{Text, clock};
use super::{ExplainedRule, Facts, Time};
use crate::desk::catalog::Catalog;
use cordon_data::feature::{StoredFeature, exemption_of};
use cordon_spatial::event::Subject;
use cordon_spatial::exemption::{Exemption, ExemptionSubject};
use cordon_spatial::ids::{FeatureKey, Revision};
use serde::Serialize;
use utoipa::ToSchema;

/// Why no exemption suppressed an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotSuppressed {
    /// The kinds of exemption that the rule respects.
    pub respected: Vec<String>,
    /// The exemptions that the vehicle had at any time, the last given last; at most 50.
    pub exemptions: Vec<WhyNot>,
    /// How many older ones are left out here.
    pub left_out: usize,
    /// The same in words.
    pub text: Text,
}

/// One exemption and why it did not apply.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyNot {
    /// Its id.
    pub id: String,
    /// The revision that was in force, else the first.
    pub revision: u32,
    /// When that was recorded.
    pub recorded_at: Time,
    /// Its kind; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The only zone in which it holds; absent = in every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// From when on it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// `recorded_later`, `withdrawn`, `other_vehicle`, `not_begun`, `ended`, `other_zone`, `no_rule`, `other_kind`,
    /// `unreadable`, or `covers`: it covered this instant, and what began before it was told all the same.
    pub why: &'static str,
    /// The same in words.
    pub text: Text,
}

pub(super) fn of(facts: &Facts, rule: Option<&ExplainedRule>, catalog: &Catalog) -> NotSuppressed {
    let exemptions: Vec<WhyNot> =
        facts.exemptions.iter().filter_map(|(key, revisions)| why_not(facts, *key, revisions, rule, catalog)).collect();
    let respected = rule.map_or_else(Vec::new, |rule| rule.exempt.clone());
    let text = in_words(facts, &exemptions, facts.exemptions_left_out, rule);
    NotSuppressed { respected, exemptions, left_out: facts.exemptions_left_out, text }
}

fn in_words(facts: &Facts, exemptions: &[WhyNot], left_out: usize, rule: Option<&ExplainedRule>) -> Text {
    if !matches!(facts.core().subject, Subject::Vehicle(_)) {
        return Text::of("豁免只给车辆，与此事件无关。", "Exemptions are for vehicles: none could apply.");
    }
    if facts.core().zone.is_none() {
        return Text::of(
            "豁免只对区域规则有效，与此事件无关。",
            "Exemptions are from rules of zones: none could apply.",
        );
    }
    if exemptions.is_empty() && left_out == 0 {
        return Text::of("该车没有任何豁免。", "The vehicle had no exemption at all.");
    }
    let respects = match rule {
        Some(rule) if rule.exempt.is_empty() => Text::of("该规则不认任何豁免。", "The rule respects no exemption."),
        _ => Text::of("该车的豁免都不适用：", "None of the vehicle's exemptions applied:"),
    };
    let each =
        |text: fn(&WhyNot) -> String, between: &str| exemptions.iter().map(text).collect::<Vec<_>>().join(between);
    Text {
        zh: format!("{}{}", respects.zh, each(|one| format!("{}：{}。", one.id, one.text.zh), "")),
        en: format!("{} {}", respects.en, each(|one| format!("{}: {}.", one.id, one.text.en), " ")),
    }
}

/// One exemption; `None` when it has no revision any more.
fn why_not(
    facts: &Facts,
    key: FeatureKey,
    revisions: &[StoredFeature],
    rule: Option<&ExplainedRule>,
    catalog: &Catalog,
) -> Option<WhyNot> {
    let first = revisions.first()?;
    let (at, known_at) = (facts.core().at, facts.known_at());
    let judges =
        |revision: &&StoredFeature| revision.at <= known_at && (revision.revision == Revision(1) || revision.at <= at);
    let in_force = revisions.iter().rfind(judges);
    let shown = in_force.filter(|revision| revision.body.is_some()).unwrap_or(first);
    let read = exemption_of(shown).ok();
    let (why, text) = match (in_force, &read) {
        (None, _) => {
            let text = Text {
                zh: format!("到 {} 才登记，登记前的不追溯", clock(first.at)),
                en: format!("it was recorded at {} only, and acts forward", clock(first.at)),
            };
            ("recorded_later", text)
        }
        (Some(revision), _) if revision.body.is_none() => {
            let text = Text {
                zh: format!("已于 {} 撤销", clock(revision.at)),
                en: format!("it was withdrawn at {}", clock(revision.at)),
            };
            ("withdrawn", text)
        }
        (Some(_), None) => ("unreadable", Text::of("内容无法读出，不起作用", "it cannot be read and grants nothing")),
        (Some(_), Some(exemption)) => reason(facts, exemption, rule, catalog),
    };
    Some(WhyNot {
        id: catalog.id(key.0),
        revision: shown.revision.0,
        recorded_at: Time(shown.at),
        kind: read.as_ref().map(|exemption| exemption.kind.to_string()),
        zone: read.as_ref().and_then(|exemption| exemption.zone).map(|zone| catalog.id(zone.0)),
        from: read.as_ref().map(|exemption| Time(exemption.from)),
        to: read.as_ref().map(|exemption| Time(exemption.to)),
        why,
        text,
    })
}

/// What an exemption that was in force did not meet.
fn reason(
    facts: &Facts,
    exemption: &Exemption,
    rule: Option<&ExplainedRule>,
    catalog: &Catalog,
) -> (&'static str, Text) {
    let at = facts.core().at;
    let holder = match exemption.subject {
        ExemptionSubject::Vehicle(vehicle) => Some(Subject::Vehicle(vehicle)),
        ExemptionSubject::Person(_) => None,
    };
    if holder != Some(facts.core().subject) {
        return ("other_vehicle", Text::of("当时已改给他人", "it was another's at that time"));
    }
    if at < exemption.from {
        let text = Text {
            zh: format!("{} 才开始有效", clock(exemption.from)),
            en: format!("it holds from {} on only", clock(exemption.from)),
        };
        return ("not_begun", text);
    }
    if exemption.to <= at {
        let text = Text {
            zh: format!("已于 {} 到期", clock(exemption.to)),
            en: format!("it had ended at {}", clock(exemption.to)),
        };
        return ("ended", text);
    }
    let zone = facts.core().zone.map(|(zone, _)| zone);
    if let Some(only) = exemption.zone.filter(|only| Some(*only) != zone) {
        let id = catalog.id(only.0);
        let text = Text { zh: format!("只对区域 {id} 有效"), en: format!("it holds in the zone {id} only") };
        return ("other_zone", text);
    }
    let Some(rule) = rule else {
        return ("no_rule", Text::of("此事件不属于任何规则", "the event is under no rule"));
    };
    if !rule.exempt.iter().any(|kind| kind == exemption.kind.as_str()) {
        let kind = exemption.kind.as_str();
        let text = Text {
            zh: format!("规则 {} 不认此类豁免（{kind}）", rule.id),
            en: format!("the rule {} does not respect its kind ({kind})", rule.id),
        };
        return ("other_kind", text);
    }
    let text =
        Text::of("当时有效，但此前已开始的照样记录", "it covered this instant, but what began before it is told");
    ("covers", text)
}
