//! What the properties of each collection are called and hold: the park's data model, as one table.
//!
//! An edit is judged by it ([`super::judge`]), and queryables, the collections' JSON schemas, the columns of tables and what an
//! importer offers to map fields to are made from it. What zones, vehicles, closures and exemptions say to the engine and the roads is
//! read by entries of their own. Source of the names: INTERFACES ("Map features") and the data model that GB 18218-2018 and the
//! guide for risk platforms of chemical parks (2022) call for.

use super::Collection;
use Kind::{
    Amount, Cas, Datum, Day, Flag, List, Number, Object, OneOf, Percent, Reference, Text, Time, Un, Uscc, Whole,
};
use serde_json::{Value, json};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A number.
    Number,
    /// A number that is not negative.
    Amount,
    /// A number from 0 to 100.
    Percent,
    /// A whole number from 0 to 4,294,967,295: how many there are of something.
    Whole,
    /// True or false.
    Flag,
    /// An instant by RFC 3339.
    Time,
    /// A date, or an instant by RFC 3339.
    Day,
    /// The id of a feature of this collection.
    Reference(Collection),
    /// A unified social credit code with its check digit (GB 32100-2015).
    Uscc,
    /// A CAS number with its check digit.
    Cas,
    /// A UN number: four digits.
    Un,
    /// A datum by EPSG's code or its name, GCJ-02 and BD-09 among them.
    Datum,
    /// A list of texts.
    List,
    /// Something with members of its own.
    Object,
}

/// A property that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it is called in Chinese,
    pub zh: &'static str,
    /// and in English, with the unit.
    pub en: &'static str,
    /// Who may see it.
    pub seen_by: SeenBy,
}

/// Who may see a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenBy {
    /// Whoever sees its feature.
    Everybody,
    /// Whoever edits the map or speaks with drivers: how to reach a person who did not choose to be found by everybody.
    WhoKnowsPeople,
    /// Whoever edits the map: it opens a door.
    WhoEdits,
}

const fn is(name: &'static str, kind: Kind, zh: &'static str, en: &'static str) -> Property {
    Property { name, kind, zh, en, seen_by: SeenBy::Everybody }
}

const fn personal(name: &'static str, kind: Kind, zh: &'static str, en: &'static str) -> Property {
    Property { name, kind, zh, en, seen_by: SeenBy::WhoKnowsPeople }
}

const fn secret(name: &'static str, kind: Kind, zh: &'static str, en: &'static str) -> Property {
    Property { name, kind, zh, en, seen_by: SeenBy::WhoEdits }
}

const NAME: Property = is("name", Text, "名称", "Name");
const NAME_EN: Property = is("name_en", Text, "英文名称", "English name");
const KIND: Property = is("kind", Text, "类别", "Kind");
const VALID_FROM: Property = is("valid_from", Time, "有效期起", "Valid from");
const VALID_TO: Property = is("valid_to", Time, "有效期止", "Valid to");
const PARK: Property = is("park", Reference(Collection::Parks), "所属园区", "Park (id)");
const ENTERPRISE: Property = is("enterprise", Reference(Collection::Enterprises), "所属企业", "Enterprise (id)");
const SUBSTANCE: Property = is("substance", Reference(Collection::Substances), "物质", "Substance (id)");
const PRINCIPAL: Property = is("principal", Text, "包保主要负责人", "Principal person responsible");
const PRINCIPAL_PHONE: Property = is("principal_phone", Text, "主要负责人电话", "Principal's phone");
const TECHNICAL: Property = is("technical_lead", Text, "包保技术负责人", "Technical person responsible");
const TECHNICAL_PHONE: Property = is("technical_phone", Text, "技术负责人电话", "Technical lead's phone");
const OPERATIONS: Property = is("operations_lead", Text, "包保操作负责人", "Operations person responsible");
const OPERATIONS_PHONE: Property = is("operations_phone", Text, "操作负责人电话", "Operations lead's phone");
const PLANT: Property = is("plant", Reference(Collection::Plants), "所属装置", "Plant (id)");
const STATE: Property = is("state", Text, "状态", "State");
const WIDTH_M: Property = is("width_m", Amount, "宽度（米）", "Width, m");
const LIMIT_KPH: Property = is("limit_kph", Amount, "限速（公里/小时）", "Speed limit, km/h");
const CONTACT: Property = is("contact", Text, "联系方式", "Contact");
const OWNER: Property = is("owner", Text, "责任单位", "Owner");
const CLOSES: Property = is("closes_roads_for", Text, "封闭道路的对象", "Closes roads for");
const SOURCE: Property = is("source", Text, "数据来源", "Source of the data");
const CAPACITY: Property = is("capacity_people", Whole, "容纳人数", "Capacity, people");
const PEOPLE_DAY: Property = is("people_day", Whole, "白天人数", "People by day");
const PEOPLE_NIGHT: Property = is("people_night", Whole, "夜间人数", "People by night");

const ZONE_KINDS: &[&str] = &["hazard", "restricted", "closed", "no_stop", "speed", "parking", "evacuation", "staging"];
const VEHICLE_CLASSES: &[&str] = &["hazmat", "goods", "ordinary", "resident", "emergency"];

const PARKS: &[Property] = &[NAME, NAME_EN, KIND, OWNER, CONTACT, VALID_FROM, VALID_TO, SOURCE];
const ZONES: &[Property] = &[
    NAME,
    NAME_EN,
    is("kind", OneOf(ZONE_KINDS), "类别", "Kind"),
    is("level", OneOf(&["red", "orange", "yellow", "blue"]), "风险等级", "Risk level"),
    VALID_FROM,
    VALID_TO,
    is("radius_m", Amount, "半径（米）", "Radius, m"),
    is("drawn", Object, "原图形", "As it was drawn"),
    is("capacity", Whole, "容量", "Capacity"),
    WIDTH_M,
    is("schedule", List, "时段", "Weekly hours"),
    is("rules", List, "规则", "Rules"),
    CLOSES,
    SOURCE,
];
const VEHICLES: &[Property] = &[
    NAME,
    is("plate", Text, "车牌号", "Plate"),
    is("plate_colour", Text, "车牌颜色", "Plate colour"),
    is("class", OneOf(VEHICLE_CLASSES), "车辆类型", "Class"),
    is("company", Text, "所属单位", "Company"),
    is("company_en", Text, "所属单位英文名", "Company, English"),
    is("goods_class", Text, "货物类项", "Class of goods"),
    is("terminal_phone", Text, "终端号码", "Terminal's phone"),
    secret("device_id", Text, "设备号", "Device id"),
    is("cargo", Object, "货物", "Cargo"),
    is("tags", List, "标签", "Tags"),
    is("unchecked", Flag, "未核对", "Not checked yet"),
    is("licence", Text, "道路运输证号", "Road transport licence"),
    is("licence_to", Day, "道路运输证有效期", "Licence valid to"),
    is("tank_certificate_to", Day, "罐体检验有效期", "Tank certificate valid to"),
    SOURCE,
];
const GATES: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("direction", OneOf(&["in", "out", "both"]), "通行方向", "Direction"),
    is("lanes", Whole, "车道数", "Lanes"),
    STATE,
    is("closed_area", Reference(Collection::ClosedAreas), "所属封闭区", "Closed area (id)"),
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const ROADS: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("class", Text, "道路等级", "Class"),
    LIMIT_KPH,
    WIDTH_M,
    is("max_weight_t", Amount, "限重（吨）", "Weight limit, t"),
    is("max_height_m", Amount, "限高（米）", "Height limit, m"),
    is("oneway", Flag, "单行", "One way"),
    is("structure", Text, "桥隧", "Bridge or tunnel"),
    is("tunnel_category", Text, "隧道类别", "Tunnel category (ADR)"),
    is("admits", Text, "准入车辆", "Admits"),
    SOURCE,
];
const RESOURCES: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("state", OneOf(&["available", "committed", "out"]), "状态", "State"),
    is("crew", Whole, "人数", "Crew"),
    is("capability", Object, "能力", "Capability"),
    is("station", Reference(Collection::Resources), "所属站点", "Home station (id)"),
    is("plate", Text, "车牌号", "Plate, of a vehicle"),
    is("item", Text, "物资", "Item, of a stock"),
    is("quantity", Amount, "数量", "Quantity, of a stock"),
    is("unit", Text, "计量单位", "Unit of the quantity"),
    is("expires_at", Day, "到期日期", "Expires, of a stock"),
    is("beds", Whole, "床位数", "Beds, of a hospital"),
    CAPACITY,
    is("flow_l_s", Amount, "流量（升/秒）", "Flow of a water source, L/s"),
    is("volume_m3", Amount, "容积（立方米）", "Volume, m³"),
    is("speciality", Text, "专长", "Speciality, of an expert"),
    is("access", Text, "取用条件", "Access"),
    is("phone", Text, "电话", "Phone"),
    OWNER,
    CONTACT,
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const HAZARD_SOURCES: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    PLANT,
    is("substances", List, "物质", "Substances"),
    is("s", Amount, "辨识指标 S", "S (GB 18218)"),
    is("r", Amount, "分级指标 R", "R (GB 18218)"),
    is("grade", OneOf(&["I", "II", "III", "IV"]), "重大危险源等级", "Grade of major hazard"),
    is("people_500m", Whole, "500 米内人数", "People within 500 m"),
    is("alpha", Amount, "校正系数 α", "α (GB 18218)"),
    is("standard", Text, "依据标准", "Standard"),
    is("assessed_at", Day, "评估日期", "Assessed"),
    PRINCIPAL,
    PRINCIPAL_PHONE,
    TECHNICAL,
    TECHNICAL_PHONE,
    OPERATIONS,
    OPERATIONS_PHONE,
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const CLOSED_AREAS: &[Property] = &[
    NAME,
    NAME_EN,
    is("kind", Text, "管控级别", "Level of control"),
    is("parent", Reference(Collection::ClosedAreas), "上级封闭区", "Within (id)"),
    CAPACITY,
    is("capacity_vehicles", Whole, "容纳车辆数", "Capacity, vehicles"),
    CLOSES,
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const ROUTES: &[Property] = &[NAME, NAME_EN, KIND, WIDTH_M, LIMIT_KPH, VALID_FROM, VALID_TO, SOURCE];
const PLANTS: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("uscc", Uscc, "统一社会信用代码", "Unified social credit code"),
    PARK,
    ENTERPRISE,
    is("parent", Reference(Collection::Plants), "上级对象", "Part of (id)"),
    PEOPLE_DAY,
    PEOPLE_NIGHT,
    OWNER,
    CONTACT,
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const TARGETS: &[Property] =
    &[NAME, NAME_EN, KIND, PEOPLE_DAY, PEOPLE_NIGHT, CAPACITY, CONTACT, VALID_FROM, VALID_TO, SOURCE];
const GROUND: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    PLANT,
    is("substance", Text, "物质", "Substance, Chinese"),
    is("substance_en", Text, "物质英文名", "Substance"),
    is("cas", Cas, "CAS 号", "CAS number"),
    is("volume_m3", Amount, "容积（立方米）", "Volume, m³"),
    SOURCE,
];
const CLOSURES: &[Property] = &[
    NAME,
    NAME_EN,
    is("reason", Text, "原因", "Reason"),
    is("audience", Text, "封闭道路的对象", "Closed for"),
    VALID_FROM,
    VALID_TO,
    is("schedule", List, "时段", "Weekly hours"),
    is("radius_m", Amount, "半径（米）", "Radius, m"),
    WIDTH_M,
    is("drawn", Object, "原始绘制", "As drawn"),
    SOURCE,
];
const EXEMPTIONS: &[Property] = &[
    NAME,
    is("kind", Text, "凭证类别", "Kind"),
    is("subject", Object, "对象", "Subject"),
    is("zone", Text, "区域", "Zone (id)"),
    is("from", Time, "起", "From"),
    is("to", Time, "止", "To"),
];
const ENTERPRISES: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("uscc", Uscc, "统一社会信用代码", "Unified social credit code"),
    PARK,
    is("hazards", List, "主要危险", "Main hazards"),
    is("address", Text, "地址", "Address"),
    is("duty_phone", Text, "值班电话", "Duty phone, day and night"),
    PRINCIPAL,
    PRINCIPAL_PHONE,
    TECHNICAL,
    TECHNICAL_PHONE,
    OPERATIONS,
    OPERATIONS_PHONE,
    PEOPLE_DAY,
    PEOPLE_NIGHT,
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const EQUIPMENT: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    PLANT,
    is("parent", Reference(Collection::Equipment), "上级设备", "Part of (id)"),
    is("hazard_source", Reference(Collection::HazardSources), "所属重大危险源", "Hazard source (id)"),
    SUBSTANCE,
    is("volume_m3", Amount, "容积（立方米）", "Volume, m³"),
    is("design_pressure_mpa", Number, "设计压力（MPa）", "Design pressure, MPa"),
    is("design_temperature_c", Number, "设计温度（℃）", "Design temperature, °C"),
    STATE,
    is("commissioned_on", Day, "投用日期", "In use since"),
    is("inspected_on", Day, "上次检验日期", "Last inspected"),
    is("inspection_due", Day, "下次检验日期", "Next inspection due"),
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
/// What a point measures (the clause on data of major hazards: T, level, P, combustible and toxic gas, flow, valves, interlocks).
const POINT_KINDS: &[&str] = &[
    "temperature",
    "pressure",
    "level",
    "flow",
    "combustible",
    "toxic",
    "oxygen",
    "valve",
    "pump",
    "interlock",
    "wind_speed",
    "wind_direction",
    "rain",
];
const POINTS: &[Property] = &[
    NAME,
    NAME_EN,
    is("kind", OneOf(POINT_KINDS), "测量类型", "What is measured"),
    is("tag", Text, "位号", "Tag"),
    is("unit", Text, "单位", "Unit"),
    PLANT,
    is("equipment", Reference(Collection::Equipment), "所属设备", "Equipment (id)"),
    is("hazard_source", Reference(Collection::HazardSources), "所属重大危险源", "Hazard source (id)"),
    SUBSTANCE,
    is("limit_ll", Number, "低低限", "Limit LL, in its unit"),
    is("limit_l", Number, "低限", "Limit L, in its unit"),
    is("limit_h", Number, "高限", "Limit H, in its unit"),
    is("limit_hh", Number, "高高限", "Limit HH, in its unit"),
    is("limits_source", Text, "限值依据", "Source of the limits"),
    is("quality", OneOf(&["good", "uncertain", "bad"]), "质量标志", "Quality"),
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const SUBSTANCES: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    is("cas", Cas, "CAS 号", "CAS number"),
    is("un", Un, "UN 编号", "UN number"),
    is("goods_class", Text, "危险货物类项", "Class of goods"),
    is("packing_group", OneOf(&["I", "II", "III"]), "包装类别", "Packing group"),
    is("molar_mass_g_mol", Amount, "摩尔质量（克/摩尔）", "Molar mass, g/mol"),
    is("boiling_point_c", Number, "沸点（℃）", "Boiling point, °C"),
    is("density_kg_m3", Amount, "密度（千克/立方米）", "Density, kg/m³"),
    is("lel_percent", Percent, "爆炸下限（体积分数，%）", "Lower explosive limit, % by volume"),
    is("uel_percent", Percent, "爆炸上限（体积分数，%）", "Upper explosive limit, % by volume"),
    is("explosion_source", Text, "爆炸极限来源", "Source of the explosive limits"),
    is("threshold_t", Amount, "临界量 Q（吨）", "Threshold quantity Q, t"),
    is("beta", Amount, "校正系数 β", "β (GB 18218)"),
    is("threshold_source", Text, "临界量与 β 来源", "Source of Q and β"),
    SOURCE,
];
const POPULATION: &[Property] = &[
    NAME,
    NAME_EN,
    KIND,
    PEOPLE_DAY,
    PEOPLE_NIGHT,
    is("cell_m", Amount, "网格边长（米）", "Side of the cell, m"),
    is("as_of", Day, "数据时点", "As of"),
    VALID_FROM,
    VALID_TO,
    SOURCE,
];
const DRIVERS: &[Property] = &[
    NAME,
    NAME_EN,
    is("kind", OneOf(&["driver", "escort", "loader"]), "从业类别", "Kind"),
    is("company", Text, "所属单位", "Company"),
    is("company_en", Text, "所属单位英文名", "Company, English"),
    personal("phone", Text, "电话", "Phone"),
    personal("licence", Text, "从业资格证号", "Certificate number"),
    is("licence_kind", Text, "从业资格证类别", "Kind of certificate"),
    is("licence_to", Day, "从业资格证有效期", "Certificate valid to"),
    is("training_to", Day, "培训有效期", "Training valid to"),
    is("remarks", Text, "备注", "Remarks"),
    SOURCE,
];
const DATASETS: &[Property] = &[
    SOURCE,
    OWNER,
    CONTACT,
    is("datum", Datum, "原始坐标系", "Datum of the original data"),
    is("as_of", Day, "数据时点", "State of the data as of"),
    is("update_cycle_days", Whole, "更新周期（天）", "Update cycle, days"),
    is("reviewed_at", Day, "审核时间", "Reviewed at"),
    is("reviewed_by", Text, "审核人", "Reviewed by"),
    is("quality_note", Text, "质量说明", "Note on quality"),
    is("remarks", Text, "备注", "Remarks"),
];

impl Collection {
    /// The properties that mean something in it, in the order of a table's columns. Features may have others.
    pub fn schema(self) -> &'static [Property] {
        match self {
            Collection::Parks => PARKS,
            Collection::Zones => ZONES,
            Collection::Vehicles => VEHICLES,
            Collection::Gates => GATES,
            Collection::Roads => ROADS,
            Collection::Resources => RESOURCES,
            Collection::HazardSources => HAZARD_SOURCES,
            Collection::ClosedAreas => CLOSED_AREAS,
            Collection::Routes => ROUTES,
            Collection::Plants => PLANTS,
            Collection::ProtectionTargets => TARGETS,
            Collection::Ground => GROUND,
            Collection::Closures => CLOSURES,
            Collection::Exemptions => EXEMPTIONS,
            Collection::Enterprises => ENTERPRISES,
            Collection::Equipment => EQUIPMENT,
            Collection::Points => POINTS,
            Collection::Substances => SUBSTANCES,
            Collection::Population => POPULATION,
            Collection::Drivers => DRIVERS,
            Collection::Datasets => DATASETS,
        }
    }

    /// Whether its features may name others of it.
    pub fn refers_to_itself(self) -> bool {
        self.schema().iter().any(|property| property.kind == Reference(self))
    }

    /// One of them.
    pub fn property(self, name: &str) -> Option<&'static Property> {
        self.schema().iter().find(|property| property.name == name)
    }

    /// What it is called in Chinese and in English.
    pub fn titles(self) -> (&'static str, &'static str) {
        match self {
            Collection::Parks => ("园区", "Parks"),
            Collection::Zones => ("区域", "Zones"),
            Collection::Vehicles => ("车辆", "Vehicles"),
            Collection::Gates => ("卡口", "Gates"),
            Collection::Roads => ("道路", "Roads"),
            Collection::Resources => ("应急资源", "Resources"),
            Collection::HazardSources => ("重大危险源", "Hazard sources"),
            Collection::ClosedAreas => ("封闭区", "Closed areas"),
            Collection::Routes => ("路线", "Routes"),
            Collection::Plants => ("装置与厂区", "Plants"),
            Collection::ProtectionTargets => ("防护目标", "Protection targets"),
            Collection::Ground => ("底图要素", "Ground"),
            Collection::Closures => ("道路封闭", "Road closures"),
            Collection::Exemptions => ("通行凭证", "Exemptions"),
            Collection::Enterprises => ("企业", "Enterprises"),
            Collection::Equipment => ("设备", "Equipment"),
            Collection::Points => ("测点", "Measuring points"),
            Collection::Substances => ("危险化学品", "Substances"),
            Collection::Population => ("人口", "Population"),
            Collection::Drivers => ("从业人员", "Drivers and escorts"),
            Collection::Datasets => ("数据资源目录", "Data catalogue"),
        }
    }

    /// The two properties that say from when and until when a feature holds; one that has neither holds always.
    pub fn validity(self) -> (&'static str, &'static str) {
        match self {
            Collection::Exemptions => ("from", "to"),
            _ => ("valid_from", "valid_to"),
        }
    }

    /// The properties whose passing leaves a feature out of date: the end of what holds for a time, of a licence, of a stock. An
    /// exemption that has ended was meant to.
    pub fn ends(self) -> &'static [&'static str] {
        match self {
            Collection::Exemptions => &[],
            Collection::Vehicles => &["licence_to", "tank_certificate_to"],
            Collection::Drivers => &["licence_to", "training_to"],
            Collection::Resources => &["valid_to", "expires_at"],
            Collection::Equipment => &["valid_to", "inspection_due"],
            _ => &["valid_to"],
        }
    }
}

impl Kind {
    /// Whether its values are numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Number | Amount | Percent | Whole)
    }

    /// Whether its values are texts that are no times.
    pub fn is_text(self) -> bool {
        matches!(self, Text | OneOf(_) | Uscc | Cas | Un | Datum | Reference(_))
    }
}

impl Property {
    /// Whether a plain `name=value` can ask for it.
    pub fn is_single(&self) -> bool {
        !matches!(self.kind, List | Object)
    }

    /// Its JSON schema.
    pub fn json_schema(&self) -> Value {
        let mut schema = match self.kind {
            Text => json!({"type": "string"}),
            OneOf(names) => json!({"type": "string", "enum": names}),
            Number => json!({"type": "number"}),
            Amount => json!({"type": "number", "minimum": 0}),
            Percent => json!({"type": "number", "minimum": 0, "maximum": 100}),
            Whole => json!({"type": "integer", "minimum": 0}),
            Uscc => json!({"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}),
            Cas => json!({"type": "string", "pattern": "^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$"}),
            Un => json!({"type": "string", "pattern": "^[0-9]{4}$"}),
            Flag => json!({"type": "boolean"}),
            Time => json!({"type": "string", "format": "date-time"}),
            Day => json!({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
            Datum | Reference(_) => json!({"type": "string"}),
            List => json!({"type": "array", "items": {}}),
            Object => json!({"type": "object"}),
        };
        schema["title"] = format!("{} {}", self.zh, self.en).into();
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_of_the_demo_park_is_described() {
        for (collection, features) in crate::park::seeds(20) {
            for feature in features {
                for name in feature["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
                    assert!(collection.property(name).is_some(), "{collection} {}: {name}", feature["id"]);
                }
            }
        }
    }

    #[test]
    fn the_names_of_kinds_are_those_that_an_edit_is_judged_by() {
        let of = |collection: Collection, name: &str| match collection.property(name).expect("described").kind {
            OneOf(names) => names.to_vec(),
            other => panic!("{other:?}"),
        };
        let kinds: Vec<&str> = crate::feature::ZONE_KINDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(of(Collection::Zones, "kind"), kinds);
        let levels: Vec<&str> = crate::feature::RISK_LEVELS.iter().map(|(name, _)| *name).collect();
        assert_eq!(of(Collection::Zones, "level"), levels);
        let classes: Vec<&str> = crate::feature::rule::CLASSES.iter().map(|(name, _)| *name).collect();
        assert_eq!(of(Collection::Vehicles, "class"), classes);
    }

    #[test]
    fn no_name_stands_twice_in_a_collection() {
        for collection in Collection::ALL {
            let mut names: Vec<&str> = collection.schema().iter().map(|property| property.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), collection.schema().len(), "{collection}");
        }
    }
}
