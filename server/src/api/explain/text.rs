//! An explanation in plain sentences, Chinese and English. Times are local, by the server's offset.

use super::{ExplainedRule, ExplainedSubject, ExplainedZone, Facts};
use crate::ingest;
use cordon_spatial::event::{
    Certainty, Condition, EventKind, EventStatus, Evidence, FixRef, PathReading, SilenceReason, Subject, ZoneChange,
};
use cordon_spatial::units::{DeciKph, SpanMs, UnixMs};
use serde::Serialize;
use utoipa::ToSchema;

/// The same said in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// What needs no figures.
    pub fn of(zh: &str, en: &str) -> Text {
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// Date and time of day as people on the site read them.
pub fn clock(at: UnixMs) -> String {
    let local = at + SpanMs(ingest::settings().offset.as_ms());
    match jiff::Timestamp::from_millisecond(local.0) {
        Ok(local) => local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => "?".to_owned(),
    }
}

/// How the way between the fixes was read.
pub fn path(reading: PathReading) -> Text {
    match reading {
        PathReading::Straight => Text::of(
            "两个定位点之间按直线推算（不是实际道路）。",
            "The way between the two fixes was read as a straight line, not as the road driven.",
        ),
        PathReading::Unknown => Text::of(
            "两点之间的轨迹不明：间隔太长、推算车速不可能，或这是第一个点。",
            "The way is not known: the gap is too long, the speed that it implies impossible, or this is the first fix.",
        ),
        PathReading::Standing => Text::of(
            "不是移动造成的：时间到了，或区域、规则变了。",
            "No movement made it: time passed, or a zone or rule changed.",
        ),
    }
}

/// What the sentences are made from.
pub(super) struct Said<'a> {
    pub facts: &'a Facts,
    pub subject: &'a ExplainedSubject,
    pub zone: Option<&'a ExplainedZone>,
    pub rule: Option<&'a ExplainedRule>,
    pub path: &'a Text,
    pub alarm: &'a Text,
    pub exemptions: &'a Text,
}

/// The whole explanation, a sentence a line.
pub(super) fn whole(said: &Said<'_>) -> Text {
    let vehicle = is_vehicle(said.facts.core().subject);
    let lines = [
        Some(happened(said)),
        (said.facts.event.status == EventStatus::Retracted).then(|| {
            Text::of(
                "后来的数据表明此事没有发生，已撤回。",
                "Later data showed that it did not happen: it is retracted.",
            )
        }),
        said.facts.core().evidence.silence.map(reason),
        ended(said.facts),
        evidence(said.facts.core().kind, &said.facts.core().evidence),
        (vehicle && !matches!(said.facts.core().kind, EventKind::Frozen | EventKind::ClockWrong))
            .then(|| said.path.clone()),
        (vehicle && !is_of_reception(said.facts.core().kind)).then(|| certainty(said.facts.core().certainty)),
        judged(said.zone, said.rule),
        late(said.facts),
        Some(said.alarm.clone()),
        said.rule.is_some().then(|| said.exemptions.clone()),
    ];
    let lines: Vec<Text> = lines.into_iter().flatten().collect();
    let joined = |of: fn(&Text) -> &str| lines.iter().map(of).collect::<Vec<_>>().join("\n");
    Text { zh: joined(|text| &text.zh), en: joined(|text| &text.en) }
}

/// Whether a kind says how reports come and not where the vehicle goes.
fn is_of_reception(kind: EventKind) -> bool {
    matches!(kind, EventKind::Silence | EventKind::Frozen | EventKind::ClockWrong)
}

/// What was known of a silent vehicle's terminal.
fn reason(reason: SilenceReason) -> Text {
    match reason {
        SilenceReason::LostSignal => Text::of(
            "失联：终端也没有心跳，或连接已断。",
            "The signal is lost: no heartbeat of the terminal came either, or its connection ended.",
        ),
        SilenceReason::ConnectedWithoutFix => Text::of(
            "已连接但无定位：终端在线，却没有给出有效位置。",
            "It is connected without a fix: the terminal is in touch and gives no valid position.",
        ),
    }
}

/// Who did what, when and where.
fn happened(said: &Said<'_>) -> Text {
    let core = said.facts.core();
    let who = who(said.subject);
    let zone = zone_words(said.zone);
    let at = clock(core.at);
    let say = |zh: String, en: String| Text {
        zh: format!("{} 于 {at} {zh}。", who.zh),
        en: format!("{} {en} at {at}.", who.en),
    };
    let in_zone = |zh: &str, en: &str| say(format!("{zh}{}", zone.zh), format!("{en} {}", zone.en));
    match core.kind {
        EventKind::Enter => in_zone("驶入", "entered"),
        EventKind::Exit => in_zone("驶出", "left"),
        EventKind::Cross => in_zone("穿越", "crossed"),
        EventKind::Dwell => {
            let limit_s = core.evidence.thresholds.limit_s.unwrap_or(0);
            let zh = format!("在{}停留已满 {limit_s} 秒", zone.zh);
            say(zh, format!("had stayed in {} for {limit_s} s", zone.en))
        }
        EventKind::Speed => {
            let kph = |speed: Option<DeciKph>| speed.map_or(0.0, DeciKph::as_kph);
            let (peak, limit) = (kph(core.evidence.peak), kph(core.evidence.thresholds.limit_kph));
            let zh = format!("在{}超速，最高 {peak} km/h，限速 {limit} km/h", zone.zh);
            say(zh, format!("drove at up to {peak} km/h in {}, where {limit} km/h are allowed,", zone.en))
        }
        EventKind::ZoneChanged => {
            let (zh, en) = change_words(core.evidence.change);
            say(format!("身在{}，该区域{zh}", zone.zh), format!("stood in {} when it {en}", zone.en))
        }
        EventKind::InsideAtStart => {
            let zh = format!("开始被判定时已在{}内，何时驶入不知道", zone.zh);
            say(zh, format!("was inside {} when judging began, having entered unseen,", zone.en))
        }
        EventKind::RuleEnded => {
            let zh = format!("仍在{}内，规则不再监视它", zone.zh);
            say(zh, format!("was inside {} when a rule ceased to watch it", zone.en))
        }
        EventKind::Unknown => {
            let until = clock(core.ended_at.unwrap_or(core.at));
            Text {
                zh: format!("{} 在 {at} 与 {until} 之间行踪不明：此后出现在别处，其间经过哪些区域不作断言。", who.zh),
                en: format!(
                    "It is not known which way {} went between {at} and {until}: it came up elsewhere, and nothing is claimed of the zones in between.",
                    who.en
                ),
            }
        }
        EventKind::MustBeInside => {
            let zh = format!("应在{}内而不在", zone.zh);
            say(zh, format!("had to be inside {} and was elsewhere", zone.en))
        }
        EventKind::Silence => {
            let limit_s = core.evidence.thresholds.limit_s.unwrap_or(0);
            let (zh, en) = match said.zone {
                Some(_) => (format!("，最后位于{}", zone.zh), format!(", last in {},", zone.en)),
                None => (String::new(), String::new()),
            };
            say(format!("已 {limit_s} 秒没有收到定位{zh}"), format!("had sent no fix for {limit_s} s{en}"))
        }
        EventKind::Frozen => {
            let thresholds = core.evidence.thresholds;
            let (limit_s, kph) = (thresholds.limit_s.unwrap_or(0), thresholds.limit_kph.map_or(0.0, DeciKph::as_kph));
            let (zh, en) = match said.zone {
                Some(_) => (format!("，最后位于{}", zone.zh), format!(", last in {},", zone.en)),
                None => (String::new(), String::new()),
            };
            say(
                format!("自报车速高于 {kph} km/h，位置却已 {limit_s} 秒以上一动不动：定位冻结{zh}"),
                format!(
                    "reported more than {kph} km/h while its position had not moved for {limit_s} s or more: it is frozen{en}"
                ),
            )
        }
        EventKind::Count => {
            let counted = core.evidence.counted.unwrap_or(0);
            let limit = core.evidence.thresholds.limit_n.unwrap_or(0);
            Text {
                zh: format!("{at} 起{}内车辆多于 {limit} 辆，最多时 {counted} 辆。", zone.zh),
                en: format!("More than {limit} vehicles were in {} from {at} on, {counted} at most.", zone.en),
            }
        }
        EventKind::TerminalAlarm => {
            let bit = said.rule.and_then(|rule| rule.id.strip_prefix("terminal-")).unwrap_or("?");
            say(format!("的终端自报报警（报警字第 {bit} 位）"), format!("had its own terminal raise alarm bit {bit}"))
        }
        EventKind::ClockWrong if is_vehicle(core.subject) => {
            let off = clock_off(core.evidence.condition);
            say(format!("的终端时钟{}", off.zh), format!("had a terminal whose clock was {}", off.en))
        }
        EventKind::ClockWrong | EventKind::EngineMismatch | EventKind::DatabaseLost => {
            of_system(core.evidence.condition, &at)
        }
    }
}

fn is_vehicle(subject: Subject) -> bool {
    matches!(subject, Subject::Vehicle(_))
}

/// By how much a terminal's clock is wrong.
fn clock_off(condition: Option<Condition>) -> Text {
    let Some(Condition::ClockWrong { ahead_ms }) = condition else { return Text::of("不准", "wrong") };
    let seconds = ahead_ms.unsigned_abs() / 1_000;
    let (zh, en) = if ahead_ms > 0 { ("快", "ahead") } else { ("慢", "behind") };
    Text { zh: format!("{zh} {seconds} 秒"), en: format!("{seconds} s {en}") }
}

/// What is said of Cordon itself.
fn of_system(condition: Option<Condition>, at: &str) -> Text {
    match condition {
        Some(Condition::ClockWrong { ahead_ms }) => {
            let seconds = ahead_ms as f64 / 1e3;
            Text {
                zh: format!("{at} 服务器时钟与日志时间相差 {seconds} 秒。"),
                en: format!("The machine's clock was {seconds} s ahead of journal time at {at}."),
            }
        }
        Some(Condition::EngineMismatch { differing }) => Text {
            zh: format!("{at} 启动时重放日志，有 {differing} 个事件与存储的不一致；以存储的为准。"),
            en: format!(
                "A replay at {at} made {differing} events otherwise than they are stored; the stored ones stand."
            ),
        },
        Some(Condition::DatabaseLost) => Text {
            zh: format!("{at} 起数据库不可用；数据照常保存在本机，恢复后自动补传。"),
            en: format!(
                "The database has been lost since {at}; what comes in is kept in the data folder and follows by itself."
            ),
        },
        None => Text { zh: format!("{at} 系统状态改变。"), en: format!("The system's state changed at {at}.") },
    }
}

fn who(subject: &ExplainedSubject) -> Text {
    match (&subject.plate, subject.kind) {
        (Some(plate), _) => Text::of(plate, plate),
        (None, "vehicle") => Text { zh: format!("车辆 {}", subject.id), en: format!("The vehicle {}", subject.id) },
        (None, "zone") => Text { zh: format!("区域 {}", subject.id), en: format!("The zone {}", subject.id) },
        _ => Text::of("系统", "The system"),
    }
}

/// "封闭区『北罐区』" and "the closed area “North tanks”", by its own name in each language if it has one.
fn zone_words(zone: Option<&ExplainedZone>) -> Text {
    let Some(zone) = zone else { return Text::of("", "no zone") };
    let (zh, en) = match zone.kind.as_deref() {
        Some("hazard") => ("危险区", "the hazard zone"),
        Some("restricted") => ("限制区", "the restricted zone"),
        Some("closed") => ("封闭区", "the closed area"),
        Some("no_stop") => ("禁停区", "the no-stopping zone"),
        Some("speed") => ("限速区", "the speed zone"),
        Some("parking") => ("停车区", "the parking"),
        Some("evacuation") => ("疏散区", "the evacuation zone"),
        Some("staging") => ("集结区", "the staging area"),
        _ => ("区域", "the zone"),
    };
    let name = zone.name.as_deref().unwrap_or(&zone.id);
    let name_en = zone.name_en.as_deref().unwrap_or(name);
    Text { zh: format!("{zh}『{name}』"), en: format!("{en} “{name_en}”") }
}

fn change_words(change: Option<ZoneChange>) -> (&'static str, &'static str) {
    match change {
        Some(ZoneChange::Appeared) => ("新设立", "appeared"),
        Some(ZoneChange::Moved) => ("改了范围", "moved"),
        Some(ZoneChange::Opened) => ("开始生效", "opened"),
        Some(ZoneChange::Closed) => ("时段结束", "closed for the time"),
        Some(ZoneChange::Ended) => ("有效期结束", "ended"),
        Some(ZoneChange::Deleted) => ("被删除", "was deleted"),
        None => ("变了", "changed"),
    }
}

/// When an interval ended.
fn ended(facts: &Facts) -> Option<Text> {
    let core = facts.core();
    let ended_at = core.ended_at.filter(|ended_at| *ended_at > core.at)?;
    let lasted_s = (ended_at - core.at).0 / 1_000;
    Some(Text {
        zh: format!("{} 结束，历时 {lasted_s} 秒。", clock(ended_at)),
        en: format!("It ended at {} after {lasted_s} s.", clock(ended_at)),
    })
}

/// The fixes and the crossing.
fn evidence(kind: EventKind, evidence: &Evidence) -> Option<Text> {
    let last = evidence.after?;
    if kind == EventKind::Count {
        let last = place(&last);
        return Some(Text {
            zh: format!("使其超限的车辆的定位点：{last}。"),
            en: format!("The fix of the vehicle that was one too many: {last}."),
        });
    }
    let fixes = match evidence.before {
        Some(before) => {
            let (a, b) = (place(&before), place(&last));
            Text { zh: format!("依据定位点 {a} 和 {b}"), en: format!("It rests on the fixes {a} and {b}") }
        }
        None => Text {
            zh: format!("依据定位点 {}", place(&last)),
            en: format!("It rests on the fix {}", place(&last)),
        },
    };
    let Some(crossing) = evidence.crossing else {
        return Some(Text { zh: format!("{}。", fixes.zh), en: format!("{}.", fixes.en) });
    };
    // The depth is measured no further than it must be.
    let margin_m = crossing.margin.as_metres();
    let needed = evidence.thresholds.needed;
    let (zh, en) = match needed {
        Some(needed) if crossing.margin >= needed => (
            format!("至少 {margin_m} m，足以确定"),
            format!("at least {margin_m} m from it, which is enough to be certain"),
        ),
        Some(needed) => {
            let needed_m = needed.as_metres();
            (
                format!("{margin_m} m，确定须 {needed_m} m"),
                format!("{margin_m} m from it, where {needed_m} m would be certain"),
            )
        }
        None => (format!("{margin_m} m"), format!("{margin_m} m from it")),
    };
    let at = clock(crossing.at);
    Some(Text {
        zh: format!("{}：约 {at} 越过边界，判定点距边界 {zh}。", fixes.zh),
        en: format!("{}: it met the boundary at about {at}, and the deciding fix is {en}.", fixes.en),
    })
}

fn place(fix: &FixRef) -> String {
    let position = fix.position;
    format!("{} ({:.6}, {:.6})", clock(fix.fixed_at), position.lon(), position.lat())
}

fn certainty(certainty: Certainty) -> Text {
    match certainty {
        Certainty::Certain => Text::of("结论确定。", "It is certain."),
        Certainty::Uncertain => {
            Text::of("在定位误差之内，结论不确定。", "It lies within the accuracy of the fix: it is uncertain.")
        }
        Certainty::Unknown => Text::of(
            "轨迹不明，时间只能取得知时的点。",
            "The path is not known: it is dated by the first fix that shows it.",
        ),
    }
}

/// Which revisions of zone and rule judged.
fn judged(zone: Option<&ExplainedZone>, rule: Option<&ExplainedRule>) -> Option<Text> {
    let zone = zone?;
    let gone =
        if zone.stored { ("", "") } else { ("（该修订已不在库中）", " (which is not stored any more)") };
    let by_zone = Text {
        zh: format!("按区域修订 {}{}", zone.revision, gone.0),
        en: format!("revision {} of the zone{}", zone.revision, gone.1),
    };
    Some(match rule {
        Some(rule) => Text {
            zh: format!("{} 的规则 {}（修订 {}，P{} 级）判定。", by_zone.zh, rule.id, rule.revision, rule.priority),
            en: format!(
                "It was judged by the rule {} (revision {}, priority {}) of {}.",
                rule.id, rule.revision, rule.priority, by_zone.en
            ),
        },
        None => Text { zh: format!("{} 判定。", by_zone.zh), en: format!("It was judged by {}.", by_zone.en) },
    })
}

fn late(facts: &Facts) -> Option<Text> {
    let event = &facts.event;
    event.late.then(|| {
        let behind_s = (event.detected_at - event.core.at).0 / 1_000;
        Text {
            zh: format!("{} 才得知，晚了 {behind_s} 秒：迟报，不鸣响。", clock(event.detected_at)),
            en: format!(
                "It became known at {} only, {behind_s} s later: it is late and sounds no siren.",
                clock(event.detected_at)
            ),
        }
    })
}
