//! What a driver is told and why a road was refused, in Chinese and English.

use super::approach::RingPlaceJson;
use super::moment::ClosedBy;
use cordon_spatial::road::{Instruction, Manoeuvre, OwnFindingKind, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// A road's name in both languages; its number where it has no name, nothing where it has neither.
fn named(road: &cordon_spatial::road::RoadName) -> Option<(&str, &str)> {
    let zh = [&road.name, &road.name_en, &road.number].into_iter().find(|name| !name.is_empty())?;
    let en = [&road.name_en, &road.name, &road.number].into_iter().find(|name| !name.is_empty())?;
    Some((zh, en))
}

/// What to do. `via`: the place on the way that is arrived at, from 0; `None` for the end.
pub fn instruction(instruction: &Instruction, via: Option<usize>) -> Text {
    let road = named(&instruction.road);
    let turn = |zh: &str, en: &str| match road {
        Some((road, road_en)) => text(format!("{zh}，进入{road}"), format!("{en} onto {road_en}")),
        None => text(zh, en),
    };
    match (instruction.manoeuvre, road) {
        (Manoeuvre::Depart, Some((road, road_en))) => text(format!("沿{road}出发"), format!("Set off along {road_en}")),
        (Manoeuvre::Depart, None) => text("出发", "Set off"),
        (Manoeuvre::Continue, Some((road, road_en))) => {
            text(format!("继续直行，进入{road}"), format!("Go on along {road_en}"))
        }
        (Manoeuvre::Continue, None) => text("继续直行", "Go straight on"),
        (Manoeuvre::SlightLeft, _) => turn("稍向左转", "Bear left"),
        (Manoeuvre::Left, _) => turn("左转", "Turn left"),
        (Manoeuvre::SharpLeft, _) => turn("向左急转", "Turn sharp left"),
        (Manoeuvre::SlightRight, _) => turn("稍向右转", "Bear right"),
        (Manoeuvre::Right, _) => turn("右转", "Turn right"),
        (Manoeuvre::SharpRight, _) => turn("向右急转", "Turn sharp right"),
        (Manoeuvre::UTurn, _) => text("掉头", "Turn back"),
        (Manoeuvre::Roundabout, _) => text("进入环岛", "Enter the roundabout"),
        (Manoeuvre::LeaveRoundabout, _) => turn("驶出环岛", "Leave the roundabout"),
        (Manoeuvre::Barrier, _) => text("通过卡口", "Pass the gate"),
        (Manoeuvre::Arrive, _) => match via {
            Some(via) => text(format!("到达途经点{}", via + 1), format!("Reach way point {}", via + 1)),
            None => text("到达终点", "Arrive"),
        },
    }
}

/// Why a road was refused.
pub fn refused((road, road_en): (&str, &str), refusal: Option<Refusal>, closures: &[ClosedBy]) -> Text {
    let road_zh = if road.is_empty() { "无名道路" } else { road };
    let road_en =
        [road_en, road, "a road without a name"].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let mut reasons: Vec<Text> = refusal.map(refusal_words).into_iter().collect();
    reasons.extend(closures.iter().map(closed_by));
    let [zh, en] = [|text: &Text| text.zh.clone(), |text: &Text| text.en.clone()]
        .map(|word: fn(&Text) -> String| reasons.iter().map(word).collect::<Vec<String>>());
    text(format!("{road_zh}：{}", zh.join("；")), format!("{road_en}: {}", en.join("; ")))
}

/// Why one does not arrive at a place of a ring; `why` as it is answered.
pub fn ring_place(place: &RingPlaceJson, why: &str, refusal: Option<Refusal>, closures: &[ClosedBy]) -> Text {
    if matches!(why, "refused" | "closed") {
        return refused((&place.road, &place.road_en), refusal, closures);
    }
    let road = [&place.road, "无名道路"].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let road_en = [&place.road_en, &place.road, "a road without a name"];
    let road_en = road_en.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let off = place.off_wind_deg;
    let (zh, en) = match why {
        "crosswind" => (format!("侧风方向，偏离上风 {off}°"), format!("crosswind, {off}° off upwind")),
        "downwind" => (format!("下风方向，偏离上风 {off}°"), format!("downwind, {off}° off upwind")),
        "later" => ("也在上风方向，但到得更晚".to_owned(), "upwind as well, but reached later".to_owned()),
        _ => ("不穿过该圆无路可达".to_owned(), "no way there that keeps out of the circle".to_owned()),
    };
    text(format!("{road}：{zh}"), format!("{road_en}: {en}"))
}

/// Why an own road or gate does not join.
pub fn unjoined(kind: OwnFindingKind) -> Text {
    match kind {
        OwnFindingKind::RoadAlone => text("与路网不相连，无法通达", "joined to nothing: no way leads there"),
        OwnFindingKind::EndWithoutGate => {
            text("与公共道路相接处没有卡口，未连通", "ends at a public road where no gate is: not joined")
        }
        OwnFindingKind::GateWithoutRoad => text(
            "5 米内没有园区道路或路障，卡口不起作用",
            "no road of the park and no barrier within 5 m: it stops nobody",
        ),
        OwnFindingKind::GateLeadsNowhere => text(
            "在园区道路尽头，5 米内没有其他道路",
            "at the end of a road of the park, with no other road within 5 m",
        ),
        OwnFindingKind::GateAtJunction => text(
            "位于路口，无法判断拦的是哪条路，不起作用",
            "where several roads meet: nobody knows which it bars, and it stops nobody",
        ),
    }
}

/// A property of an own road or gate that could not be read.
pub fn unread(property: &str) -> Text {
    text(
        format!("属性 {property} 无法识读，从严处理"),
        format!("the property {property} could not be read: the stricter is taken to hold"),
    )
}

fn refusal_words(refusal: Refusal) -> Text {
    let metres = |cm: u16| f64::from(cm) / 100.0;
    let tonnes = |kg: u32| f64::from(kg) / 1_000.0;
    match refusal {
        Refusal::Class => text("该类车辆不走这类道路", "not a road for this kind of vehicle"),
        Refusal::OneWay => text("单行道，方向相反", "one way, the other way"),
        Refusal::Access => text("禁止通行", "no entry"),
        Refusal::Private => text("专用道路，不对外开放", "private ground"),
        Refusal::Goods => text("禁止货车通行", "no goods vehicles"),
        Refusal::Hazmat => text("禁止危险货物运输车辆通行", "no dangerous goods"),
        Refusal::Tunnel(category) => text(
            format!("{category:?} 类隧道，所载危险货物不得通过"),
            format!("a tunnel of category {category:?} does not admit the load"),
        ),
        Refusal::TunnelUnknown => text("隧道类别不明，按禁行处理", "a tunnel whose category nobody has said"),
        Refusal::Height(cm) => text(format!("限高 {} 米", metres(cm)), format!("height limit {} m", metres(cm))),
        Refusal::Width(cm) => text(format!("限宽 {} 米", metres(cm)), format!("width limit {} m", metres(cm))),
        Refusal::Length(cm) => text(format!("限长 {} 米", metres(cm)), format!("length limit {} m", metres(cm))),
        Refusal::Weight(kg) => text(format!("限重 {} 吨", tonnes(kg)), format!("weight limit {} t", tonnes(kg))),
        Refusal::Axle(kg) => text(format!("轴重限 {} 吨", tonnes(kg)), format!("axle load limit {} t", tonnes(kg))),
        Refusal::UnreadRule => {
            text("有一条货运规定无法识读，按禁行处理", "a rule about goods stands there that could not be read")
        }
    }
}

fn closed_by(by: &ClosedBy) -> Text {
    match by {
        ClosedBy::Feature(face) => {
            let named = &face.feature;
            let zh = named.name.as_deref().or(face.reason.as_deref()).unwrap_or(&named.id);
            let en = named.name_en.as_deref().unwrap_or(zh);
            let reason = face.reason.as_deref().filter(|reason| *reason != zh);
            let with = |name: &str, open: &str, close: &str| match reason {
                Some(reason) => format!("{name}{open}{reason}{close}"),
                None => name.to_owned(),
            };
            text(format!("已封闭：{}", with(zh, "（", "）")), format!("closed: {}", with(en, " (", ")")))
        }
        ClosedBy::Avoided { .. } => text("按要求避开", "avoided as asked"),
        ClosedBy::Circle { circle_m } => {
            text(format!("在半径 {circle_m} 米的圆内"), format!("within the circle of {circle_m} m"))
        }
        ClosedBy::Number(number) => text(format!("封闭区 {number}"), format!("closed area {number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::position::Position;
    use cordon_spatial::road::{RoadName, TunnelCategory};

    fn told(manoeuvre: Manoeuvre, name: &str, name_en: &str, via: Option<usize>) -> (String, String) {
        let road = RoadName { name: name.to_owned(), name_en: name_en.to_owned(), ..RoadName::default() };
        let at = Position { lon_e7: 0, lat_e7: 0 };
        let Text { zh, en } = instruction(&Instruction { manoeuvre, at, road, length_mm: 0, duration_ms: 0 }, via);
        (zh, en)
    }

    #[test]
    fn instructions_are_sentences_in_both_languages() {
        let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        let left = told(Manoeuvre::Left, "滨海国道", "Binhai National Road", None);
        assert_eq!(left, pair("左转，进入滨海国道", "Turn left onto Binhai National Road"));
        assert_eq!(told(Manoeuvre::Left, "", "", None), pair("左转", "Turn left"));
        assert_eq!(told(Manoeuvre::Depart, "滨海国道", "", None), pair("沿滨海国道出发", "Set off along 滨海国道"));
        assert_eq!(told(Manoeuvre::Arrive, "", "", Some(0)), pair("到达途经点1", "Reach way point 1"));
        assert_eq!(told(Manoeuvre::Arrive, "", "", None), pair("到达终点", "Arrive"));
    }

    #[test]
    fn a_refusal_says_road_reason_and_limit() {
        let said = |refusal| refused(("青龙山隧道", "Qinglong Hill Tunnel"), Some(refusal), &[]);
        assert_eq!(said(Refusal::Height(450)).zh, "青龙山隧道：限高 4.5 米");
        assert_eq!(said(Refusal::Weight(20_000)).en, "Qinglong Hill Tunnel: weight limit 20 t");
        let tunnel = said(Refusal::Tunnel(TunnelCategory::D));
        assert!(tunnel.zh.contains("D 类隧道") && tunnel.en.contains("category D"), "{tunnel:?}");
        let both = refused(("", ""), Some(Refusal::Hazmat), &[ClosedBy::Number(3)]);
        assert_eq!(both.en, "a road without a name: no dangerous goods; closed area 3");
    }
}
