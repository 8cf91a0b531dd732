//! One journal batch as bytes: the kinds of its records in runs, its fixes as columns, then everything else in order.
//!
//! An edit is kept as (key, revision): what it says stands in the feature's own revision. Positions and the journal time
//! stand beside the bytes, for they are the same for the whole batch.

use super::Unreadable;
use super::fixes;
use super::varint::{Input, put, put_signed};
use cordon_spatial::contact::{Contact, ContactKind};
use cordon_spatial::event::Condition;
use cordon_spatial::figures::SiteFigures;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, Revision, VehicleKey};
use cordon_spatial::record::{Act, Edit, Record, RecordBody};
use cordon_spatial::units::{DeciKph, SpanMs, UnixMs};

/// A record as it is kept: an edit only by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A fix.
    Fix(Fix),
    /// A terminal was in touch without a position.
    Contact(Contact),
    /// A feature's new revision.
    Edit(FeatureKey, Revision),
    /// What a person did.
    Act(Act),
    /// What the site set for itself.
    Figures(SiteFigures),
    /// Journal time reached the batch's.
    Tick,
    /// Cordon started.
    Start(Option<UnixMs>),
    /// Something about Cordon itself began or ceased to hold.
    Condition(Condition, bool),
}

impl Kept {
    /// The record that was kept; `edit` reads what a feature's revision says.
    pub fn into_body<E>(self, edit: impl FnOnce(FeatureKey, Revision) -> Result<Edit, E>) -> Result<RecordBody, E> {
        Ok(match self {
            Kept::Fix(fix) => RecordBody::Fix(fix),
            Kept::Act(act) => RecordBody::Act(act),
            Kept::Contact(contact) => RecordBody::Contact(contact),
            Kept::Figures(figures) => RecordBody::Figures(figures),
            Kept::Tick => RecordBody::Tick,
            Kept::Start(down_since) => RecordBody::Start { down_since },
            Kept::Condition(condition, holds) => RecordBody::Condition { condition, holds },
            Kept::Edit(key, revision) => RecordBody::Edit(edit(key, revision)?),
        })
    }
}

const FIX: u8 = 0;
const EDIT: u8 = 1;
const ACT: u8 = 2;
const TICK: u8 = 3;
const START: u8 = 4;
const CONDITION: u8 = 5;
const CONTACT: u8 = 6;
const FIGURES: u8 = 7;

fn kind(body: &RecordBody) -> u8 {
    match body {
        RecordBody::Fix(_) => FIX,
        RecordBody::Edit(_) => EDIT,
        RecordBody::Act(_) => ACT,
        RecordBody::Tick => TICK,
        RecordBody::Start { .. } => START,
        RecordBody::Condition { .. } => CONDITION,
        RecordBody::Contact(_) => CONTACT,
        RecordBody::Figures(_) => FIGURES,
    }
}

/// The bytes of a batch's records.
pub fn encode(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    let runs: Vec<&[Record]> = records.chunk_by(|a, b| kind(&a.body) == kind(&b.body)).collect();
    put(&mut out, runs.len() as u64);
    for run in &runs {
        out.push(kind(&run[0].body));
        put(&mut out, run.len() as u64);
    }
    let fixes: Vec<&Fix> = records
        .iter()
        .filter_map(|record| match &record.body {
            RecordBody::Fix(fix) => Some(fix),
            _ => None,
        })
        .collect();
    fixes::put(&mut out, &fixes);
    for record in records {
        put_other(&mut out, &record.body);
    }
    out
}

fn put_other(out: &mut Vec<u8>, body: &RecordBody) {
    match body {
        RecordBody::Fix(_) | RecordBody::Tick => {}
        RecordBody::Edit(edit) => {
            put(out, u64::from(edit.key.0));
            put(out, u64::from(edit.revision.0));
        }
        RecordBody::Act(act) => {
            let bytes = postcard::to_stdvec(act).expect("an act of texts and numbers always serializes to memory");
            put(out, bytes.len() as u64);
            out.extend_from_slice(&bytes);
        }
        RecordBody::Start { down_since } => {
            out.push(u8::from(down_since.is_some()));
            put_signed(out, down_since.map_or(0, |at| at.0));
        }
        RecordBody::Contact(contact) => {
            put(out, u64::from(contact.vehicle.0));
            out.push(match contact.kind {
                ContactKind::Connected => 0,
                ContactKind::Heartbeat => 1,
                ContactKind::Disconnected => 2,
            });
        }
        RecordBody::Figures(figures) => {
            let numbers = numbers(figures);
            put(out, numbers.len() as u64);
            numbers.into_iter().for_each(|number| put_signed(out, number));
        }
        RecordBody::Condition { condition, holds } => {
            out.push(u8::from(*holds));
            let bytes = postcard::to_stdvec(condition).expect("a condition of numbers always serializes to memory");
            put(out, bytes.len() as u64);
            out.extend_from_slice(&bytes);
        }
    }
}

/// The figures in the order in which they are kept. One that comes later stands after them.
fn numbers(figures: &SiteFigures) -> [i64; 6] {
    let SiteFigures { silence, silence_asleep, contact_lapse, frozen_speed, frozen_fixes, frozen } = *figures;
    [silence.0, silence_asleep.0, contact_lapse.0, frozen_speed.0.into(), frozen_fixes.into(), frozen.0]
}

/// Reads the bytes of [`numbers`]; what was no figure then has its default.
fn figures(input: &mut Input<'_>) -> Result<SiteFigures, Unreadable> {
    let mut all = numbers(&SiteFigures::default());
    let count: usize = input.fitting()?;
    if count > all.len() {
        return Err(Unreadable::because(format!("{count} figures are more than the {} known", all.len())));
    }
    for number in &mut all[..count] {
        *number = input.signed()?;
    }
    let [silence, silence_asleep, contact_lapse, frozen_speed, frozen_fixes, frozen] = all;
    let (Ok(frozen_speed), Ok(frozen_fixes)) = (frozen_speed.try_into(), frozen_fixes.try_into()) else {
        return Err(Unreadable::because(format!("{frozen_speed} and {frozen_fixes} are no speed and count")));
    };
    Ok(SiteFigures {
        silence: SpanMs(silence),
        silence_asleep: SpanMs(silence_asleep),
        contact_lapse: SpanMs(contact_lapse),
        frozen_speed: DeciKph(frozen_speed),
        frozen_fixes,
        frozen: SpanMs(frozen),
    })
}

/// Reads the bytes of [`encode`].
pub fn decode(plain: &[u8]) -> Result<Vec<Kept>, Unreadable> {
    let mut input = Input::new(plain);
    let runs = runs(&mut input)?;
    let fixes: usize = runs.iter().filter(|run| run.0 == FIX).map(|run| run.1).sum();
    let mut fixes = fixes::get(&mut input, fixes)?.into_iter();
    let mut kept = Vec::new();
    for (kind, length) in runs {
        for _ in 0..length {
            kept.push(match kind {
                FIX => Kept::Fix(fixes.next().expect("as many fixes were read as the runs count")),
                other => other_record(&mut input, other)?,
            });
        }
    }
    if input.left() > 0 {
        return Err(Unreadable::because(format!("{} bytes are left over", input.left())));
    }
    Ok(kept)
}

/// Most records of one batch, so that damaged counts cannot ask for all memory.
const MAX_RECORDS: usize = 16_000_000;

fn runs(input: &mut Input<'_>) -> Result<Vec<(u8, usize)>, Unreadable> {
    let count: usize = input.fitting()?;
    if count > input.left() / 2 {
        return Err(Unreadable::because(format!("{count} runs do not fit into {} bytes", input.left())));
    }
    let mut runs = Vec::with_capacity(count);
    let mut records = 0usize;
    for _ in 0..count {
        let run = (input.byte()?, input.fitting::<usize>()?);
        records = records.saturating_add(run.1);
        runs.push(run);
    }
    if records > MAX_RECORDS {
        return Err(Unreadable::because(format!("{records} records are over the limit of {MAX_RECORDS}")));
    }
    Ok(runs)
}

fn other_record(input: &mut Input<'_>, kind: u8) -> Result<Kept, Unreadable> {
    match kind {
        EDIT => Ok(Kept::Edit(FeatureKey(input.fitting()?), Revision(input.fitting()?))),
        ACT => {
            let length = input.fitting()?;
            let act = postcard::from_bytes(input.take(length)?);
            act.map(Kept::Act).map_err(|error| Unreadable::because(error.to_string()))
        }
        CONDITION => {
            let holds = input.byte()? != 0;
            let length = input.fitting()?;
            let condition = postcard::from_bytes(input.take(length)?);
            condition
                .map(|condition| Kept::Condition(condition, holds))
                .map_err(|error| Unreadable::because(error.to_string()))
        }
        CONTACT => {
            let vehicle = VehicleKey(input.fitting()?);
            let kind = match input.byte()? {
                0 => ContactKind::Connected,
                1 => ContactKind::Heartbeat,
                2 => ContactKind::Disconnected,
                other => return Err(Unreadable::because(format!("contact kind {other} is not known"))),
            };
            Ok(Kept::Contact(Contact { vehicle, kind }))
        }
        FIGURES => figures(input).map(Kept::Figures),
        TICK => Ok(Kept::Tick),
        START => {
            let known = input.byte()? != 0;
            let at = input.signed()?;
            Ok(Kept::Start(known.then_some(UnixMs(at))))
        }
        other => Err(Unreadable::because(format!("record kind {other} is not known"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::alarm::AlarmAct;
    use cordon_spatial::fix::{Marks, Source};
    use cordon_spatial::ids::{AlarmId, JournalPosition};
    use cordon_spatial::position::Position;
    use cordon_spatial::record::Edited;
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    fn fix() -> impl Strategy<Value = Fix> {
        let source = prop::sample::select(vec![Source::Http, Source::Jt808, Source::OsmAnd]);
        let reported = (of(any::<u16>()), of(any::<u16>()), of(any::<u16>()), of(any::<i16>()), of(any::<bool>()));
        let place = (any::<i32>(), any::<i32>());
        let words = (any::<u32>(), any::<u32>(), any::<u16>(), source);
        (any::<u32>(), any::<i64>(), any::<i64>(), place, reported, words).prop_map(
            |(
                vehicle,
                fixed_at,
                received_at,
                (lon_e7, lat_e7),
                (speed, heading_deg, accuracy_dm, altitude_m, acc_on),
                words,
            )| Fix {
                vehicle: VehicleKey(vehicle),
                fixed_at: UnixMs(fixed_at),
                received_at: UnixMs(received_at),
                position: Position { lon_e7, lat_e7 },
                speed: speed.map(DeciKph),
                heading_deg,
                accuracy_dm,
                altitude_m,
                acc_on,
                status_bits: words.0,
                alarm_bits: words.1,
                marks: Marks::from_bits_retain(words.2),
                source: words.3,
            },
        )
    }

    fn contact_kind() -> impl Strategy<Value = ContactKind> {
        prop::sample::select(vec![ContactKind::Connected, ContactKind::Heartbeat, ContactKind::Disconnected])
    }

    fn site_figures() -> impl Strategy<Value = SiteFigures> {
        (any::<[i64; 4]>(), any::<u16>(), any::<u32>()).prop_map(|(spans, speed, frozen_fixes)| {
            let [silence, silence_asleep, contact_lapse, frozen] = spans.map(SpanMs);
            let frozen_speed = DeciKph(speed);
            SiteFigures { silence, silence_asleep, contact_lapse, frozen_speed, frozen_fixes, frozen }
        })
    }

    fn body() -> impl Strategy<Value = RecordBody> {
        prop_oneof![
            4 => fix().prop_map(RecordBody::Fix),
            1 => (any::<u32>(), any::<u32>()).prop_map(|(key, revision)| {
                RecordBody::Edit(Edit { key: FeatureKey(key), revision: Revision(revision), now: Edited::Other })
            }),
            1 => (any::<u128>(), ".{0,20}", of(".{0,20}")).prop_map(|(alarm, who, note)| {
                RecordBody::Act(Act { who, alarm: AlarmId(alarm), act: AlarmAct::Acknowledge { note } })
            }),
            1 => Just(RecordBody::Tick),
            1 => site_figures().prop_map(RecordBody::Figures),
            2 => (any::<u32>(), contact_kind()).prop_map(|(vehicle, kind)| {
                RecordBody::Contact(Contact { vehicle: VehicleKey(vehicle), kind })
            }),
            1 => of(any::<i64>()).prop_map(|at| RecordBody::Start { down_since: at.map(UnixMs) }),
            1 => (any::<i64>(), any::<bool>()).prop_map(|(ahead_ms, holds)| {
                RecordBody::Condition { condition: Condition::ClockWrong { ahead_ms }, holds }
            }),
            1 => any::<u64>().prop_map(|differing| {
                RecordBody::Condition { condition: Condition::EngineMismatch { differing }, holds: true }
            }),
        ]
    }

    fn kept(body: &RecordBody) -> Kept {
        match body {
            RecordBody::Fix(fix) => Kept::Fix(*fix),
            RecordBody::Edit(edit) => Kept::Edit(edit.key, edit.revision),
            RecordBody::Act(act) => Kept::Act(act.clone()),
            RecordBody::Tick => Kept::Tick,
            RecordBody::Start { down_since } => Kept::Start(*down_since),
            RecordBody::Condition { condition, holds } => Kept::Condition(*condition, *holds),
            RecordBody::Contact(contact) => Kept::Contact(*contact),
            RecordBody::Figures(figures) => Kept::Figures(*figures),
        }
    }

    fn records(bodies: Vec<RecordBody>) -> Vec<Record> {
        (1..)
            .map(JournalPosition)
            .zip(bodies)
            .map(|(position, body)| Record { position, at: UnixMs(0), body })
            .collect()
    }

    #[test]
    fn figures_that_were_none_yet_have_their_defaults() {
        // One run of one record of figures, no fixes, and one number: a silence of 60 s.
        let mut plain = vec![1, FIGURES, 1];
        fixes::put(&mut plain, &[]);
        put(&mut plain, 1);
        put_signed(&mut plain, 60_000);
        let expected = SiteFigures { silence: SpanMs::seconds(60), ..SiteFigures::default() };
        assert_eq!(decode(&plain), Ok(vec![Kept::Figures(expected)]));
    }

    proptest! {
        #[test]
        fn every_batch_is_read_back_as_it_was(bodies in vec(body(), 0..60)) {
            let expected: Vec<Kept> = bodies.iter().map(kept).collect();
            prop_assert_eq!(decode(&encode(&records(bodies))), Ok(expected));
        }

        #[test]
        fn every_piece_of_track_is_read_back_as_it_was(placed in vec((any::<u64>(), fix()), 0..60)) {
            let mut plain = Vec::new();
            fixes::put_track(&mut plain, &placed);
            prop_assert_eq!(fixes::get_track(&plain), Ok(placed));
        }

        #[test]
        fn no_bytes_make_it_panic(mut plain in vec(any::<u8>(), 0..200), bodies in vec(body(), 0..5), at in any::<usize>(), bit in 0..8u8) {
            let _ = decode(&plain);
            let _ = fixes::get_track(&plain);
            plain = encode(&records(bodies));
            let at = at % plain.len();
            plain[at] ^= 1 << bit;
            let _ = decode(&plain);
            let _ = decode(&plain[..at]);
        }
    }
}
