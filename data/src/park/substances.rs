//! The substances of the park, keyed by CAS number.
//!
//! Q and β are those that DOMAIN §1.3 lists from a public transcription of GB 18218-2018, lower explosive limits those that DOMAIN
//! §2.2 lists from a table derived from CAMEO; what these do not list is left out. Molar masses follow from the formula. UN numbers and
//! classes are those of a public list of UN numbers (github.com/Nico-Casarin/ncasa-site, assets/js/table.js), but for ammonia's class:
//! the list has 2.2, as domestic in the USA; the ADR counts ammonia among the toxic gases (ILO, safety annex 3, compiled from the ADR),
//! so 2.3. No packing group is given: no source for them was at hand.

use super::plane::feature;
use serde_json::{Value, json};

/// A substance.
#[derive(Clone, Copy)]
pub(super) struct Substance {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) name_en: &'static str,
    pub(super) cas: &'static str,
    pub(super) un: &'static str,
    pub(super) goods_class: &'static str,
    /// None of mixtures.
    pub(super) molar_mass_g_mol: Option<f64>,
    pub(super) lel_percent: Option<f64>,
    /// Threshold quantity Q, t.
    pub(super) threshold_t: f64,
    pub(super) beta: f64,
}

const fn substance(
    (id, name, name_en): (&'static str, &'static str, &'static str),
    (cas, un, goods_class): (&'static str, &'static str, &'static str),
    (molar_mass_g_mol, lel_percent): (Option<f64>, Option<f64>),
    (threshold_t, beta): (f64, f64),
) -> Substance {
    Substance { id, name, name_en, cas, un, goods_class, molar_mass_g_mol, lel_percent, threshold_t, beta }
}

#[rustfmt::skip]
mod list {
    use super::{Substance, substance};

    pub(in super::super) const AMMONIA: Substance = substance(("ammonia", "液氨", "ammonia"), ("7664-41-7", "1005", "2.3"), (Some(17.03), Some(15.0)), (10.0, 2.0));
    pub(in super::super) const CHLORINE: Substance = substance(("chlorine", "液氯", "chlorine"), ("7782-50-5", "1017", "2.3"), (Some(70.90), None), (5.0, 4.0));
    pub(in super::super) const ETHYLENE_OXIDE: Substance = substance(("ethylene-oxide", "环氧乙烷", "ethylene oxide"), ("75-21-8", "1040", "2.3"), (Some(44.05), Some(3.0)), (10.0, 2.0));
    pub(in super::super) const LPG: Substance = substance(("lpg", "液化石油气", "LPG"), ("68476-85-7", "1075", "2.1"), (None, None), (50.0, 1.5));
    pub(in super::super) const BENZENE: Substance = substance(("benzene", "苯", "benzene"), ("71-43-2", "1114", "3"), (Some(78.11), Some(1.2)), (50.0, 1.0));
    pub(in super::super) const TOLUENE: Substance = substance(("toluene", "甲苯", "toluene"), ("108-88-3", "1294", "3"), (Some(92.14), Some(1.1)), (500.0, 1.0));
    pub(in super::super) const METHANOL: Substance = substance(("methanol", "甲醇", "methanol"), ("67-56-1", "1230", "3"), (Some(32.04), Some(7.18)), (500.0, 1.0));
    pub(in super::super) const PETROL: Substance = substance(("petrol", "汽油", "petrol"), ("86290-81-5", "1203", "3"), (None, None), (200.0, 1.0));
    pub(in super::super) const STYRENE: Substance = substance(("styrene", "苯乙烯", "styrene"), ("100-42-5", "2055", "3"), (Some(104.15), None), (500.0, 1.0));
    pub(in super::super) const HYDROGEN: Substance = substance(("hydrogen", "氢", "hydrogen"), ("1333-74-0", "1049", "2.1"), (Some(2.016), Some(4.0)), (5.0, 1.5));
    pub(in super::super) const HYDROGEN_FLUORIDE: Substance = substance(("hydrogen-fluoride", "氟化氢", "hydrogen fluoride"), ("7664-39-3", "1052", "8"), (Some(20.01), None), (1.0, 5.0));
    pub(in super::super) const EPICHLOROHYDRIN: Substance = substance(("epichlorohydrin", "环氧氯丙烷", "epichlorohydrin"), ("106-89-8", "2023", "6.1"), (Some(92.52), None), (20.0, 1.0));
    pub(in super::super) const PHOSGENE: Substance = substance(("phosgene", "光气", "phosgene"), ("75-44-5", "1076", "2.3"), (Some(98.92), None), (0.3, 20.0));
    pub(in super::super) const NITRIC_ACID: Substance = substance(("nitric-acid", "硝酸（>70%）", "nitric acid (>70 %)"), ("7697-37-2", "2031", "8"), (Some(63.01), None), (100.0, 1.0));
    pub(in super::super) const ACETONE: Substance = substance(("acetone", "丙酮", "acetone"), ("67-64-1", "1090", "3"), (Some(58.08), Some(2.6)), (500.0, 1.0));
}
pub(super) use list::*;

const ALL: [Substance; 15] = [
    AMMONIA,
    CHLORINE,
    ETHYLENE_OXIDE,
    LPG,
    BENZENE,
    TOLUENE,
    METHANOL,
    PETROL,
    STYRENE,
    HYDROGEN,
    HYDROGEN_FLUORIDE,
    EPICHLOROHYDRIN,
    PHOSGENE,
    NITRIC_ACID,
    ACETONE,
];

/// The substances as features.
pub(super) fn features() -> Vec<Value> {
    ALL.iter().map(one).collect()
}

fn one(substance: &Substance) -> Value {
    let mut properties = json!({
        "name": substance.name, "name_en": substance.name_en, "cas": substance.cas, "un": substance.un,
        "goods_class": substance.goods_class, "threshold_t": substance.threshold_t, "beta": substance.beta,
        "threshold_source": "GB 18218-2018", "source": "公开 UN 编号表（编号、类别）",
    });
    if let Some(mass) = substance.molar_mass_g_mol {
        properties["molar_mass_g_mol"] = mass.into();
    }
    if let Some(limit) = substance.lel_percent {
        properties["lel_percent"] = limit.into();
        properties["explosion_source"] = "CAMEO Chemicals".into();
    }
    feature(substance.id, Value::Null, properties)
}
