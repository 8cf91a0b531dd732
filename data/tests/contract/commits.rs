//! A batch is kept whole, in order, and found again.

use super::Sites;
use super::given::{alarm, at, commit, commit_with, event, fix, fixes, numbered};
use cordon_data::store::{AlarmCount, AlarmQuery, Batch, EventQuery, Head, Spans, StoreError};
use cordon_spatial::alarm::{AlarmAct, AlarmState, Shelf};
use cordon_spatial::event::{EventKind, EventStatus, Subject};
use cordon_spatial::ids::{AlarmId, EventId, JournalPosition, Seq, VehicleKey, ZoneKey};
use cordon_spatial::record::{Act, RecordBody};
use cordon_spatial::units::{SpanMs, UnixMs};

pub fn a_new_site_is_empty(sites: &Sites<'_>) {
    let site = sites();
    let open = site.open();
    assert_eq!(open.writer.head(), Head::default());
    let reader = open.reader();
    assert_eq!(reader.head().unwrap(), Head::default());
    assert!(reader.journal(JournalPosition(1), 10).unwrap().is_empty());
    assert!(reader.events(&EventQuery { limit: 10, ..EventQuery::default() }).unwrap().is_empty());
    assert!(reader.alarm(AlarmId(1)).unwrap().is_none());
}

pub fn a_batch_is_there_whole_after_a_restart(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let act = AlarmAct::Close { result: "误报".to_owned(), note: Some("checked on the spot".to_owned()) };
    let bodies = vec![
        RecordBody::Start { down_since: Some(at(-5_000)) },
        RecordBody::Fix(fix(7, 0)),
        RecordBody::Fix(fix(8, 1_000)),
        RecordBody::Act(Act { who: "anna".to_owned(), alarm: AlarmId(u128::MAX), act }),
        RecordBody::Fix(fix(7, 2_000)),
        RecordBody::Tick,
    ];
    let records = commit_with(&mut open, 2_000, bodies, &[event(1, 1, 0)], &[alarm(2, 2, 0)], &[]);
    let head = Head { position: JournalPosition(6), seq: Seq(2), at: at(2_000), last_key: 0 };
    assert_eq!(open.writer.head(), head);
    assert_eq!(open.reader().head().unwrap(), head);

    drop(open);
    let open = site.open();
    assert_eq!(open.writer.head(), head);
    let reader = open.reader();
    assert_eq!(reader.journal(JournalPosition(1), 10).unwrap(), vec![(at(2_000), records)]);
    assert_eq!(reader.event(EventId(1)).unwrap(), Some(event(1, 1, 0)));
    assert_eq!(reader.alarm(AlarmId(2)).unwrap(), Some(alarm(2, 2, 0)));
}

pub fn a_batch_that_does_not_follow_is_refused(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    commit(&mut open, 0, fixes([fix(7, 0)]));
    let mut gap = numbered(&open, 1_000, fixes([fix(7, 1_000), fix(7, 2_000)]));
    gap[1].position = JournalPosition(9);
    let mut other_time = numbered(&open, 1_000, fixes([fix(7, 1_000)]));
    other_time[0].at = at(999);
    for records in [gap, other_time] {
        let batch = Batch {
            at: at(1_000),
            records: &records,
            events: &[],
            alarms: &[],
            features: &[],
            audit: &[],
            checkpoints: &[],
        };
        assert!(matches!(open.writer.commit(&batch), Err(StoreError::Failed(_))));
    }
    let batch = Batch {
        at: at(1_000),
        records: &[],
        events: &[event(1, 0, 0)],
        alarms: &[],
        features: &[],
        audit: &[],
        checkpoints: &[],
    };
    assert!(matches!(open.writer.commit(&batch), Err(StoreError::Failed(_))));
    assert_eq!(open.reader().head().unwrap().position, JournalPosition(1));
    commit(&mut open, 2_000, fixes([fix(7, 2_000)]));
}

pub fn the_last_row_of_an_event_and_an_alarm_stands(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut returned = alarm(2, 4, 0);
    returned.body.body_mut().returned_at = Some(at(3_000));
    let mut last = event(1, 3, 0);
    last.status = EventStatus::Retracted;
    let events = [event(1, 1, 0), last.clone()];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &events, &[alarm(2, 2, 0), returned.clone()], &[]);
    let all = EventQuery { limit: 10, ..EventQuery::default() };
    assert_eq!(open.reader().events(&all).unwrap(), [last]);
    assert_eq!(open.reader().alarm(AlarmId(2)).unwrap(), Some(returned));

    let mut again = event(1, 5, 0);
    again.status = EventStatus::Final;
    commit_with(&mut open, 1_000, vec![RecordBody::Tick], &[again.clone()], &[], &[]);
    drop(open);
    assert_eq!(site.open().reader().events(&all).unwrap(), [again]);
}

pub fn events_are_found_by_every_condition(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut odd = event(2, 2, 5_000);
    let core = odd.core.facts_mut();
    core.kind = EventKind::Dwell;
    core.subject = Subject::Vehicle(VehicleKey(8));
    core.zone = core.zone.map(|(_, revision)| (ZoneKey(4), revision));
    odd.status = EventStatus::Final;
    commit_with(&mut open, 0, vec![RecordBody::Tick], &[event(1, 1, 1_000), odd.clone(), event(3, 3, 9_000)], &[], &[]);
    let base = || EventQuery { limit: 10, ..EventQuery::default() };
    let conditions = [
        EventQuery { from: Some(at(1_001)), to: Some(at(9_000)), ..base() },
        EventQuery { kind: Some(EventKind::Dwell), ..base() },
        EventQuery { vehicle: Some(VehicleKey(8)), ..base() },
        EventQuery { zone: Some(ZoneKey(4)), ..base() },
        EventQuery { status: Some(EventStatus::Final), ..base() },
        EventQuery { after: Some(Seq(1)), limit: 1, ..base() },
    ];
    let reader = open.reader();
    for query in conditions {
        assert_eq!(reader.events(&query).unwrap(), [odd.clone()], "{query:?}");
    }
    let both = EventQuery { vehicle: Some(VehicleKey(8)), zone: Some(ZoneKey(3)), ..base() };
    assert!(reader.events(&both).unwrap().is_empty());
    let ends_before = EventQuery { to: Some(at(1_000)), ..base() };
    assert!(reader.events(&ends_before).unwrap().is_empty());
}

pub fn alarms_are_found_by_state_and_priority(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut acknowledged = alarm(2, 2, 0);
    let body = acknowledged.body.body_mut();
    body.acknowledged = Some((at(1), "anna".to_owned()));
    body.priority = 1;
    let mut closed = acknowledged.clone();
    let body = closed.body.body_mut();
    (body.id, body.closed_at) = (AlarmId(3), Some(at(2)));
    closed.seq = Seq(3);
    let all = [alarm(1, 1, 0), acknowledged, closed];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &[], &all, &[]);
    let list = |states: &[AlarmState], priority| {
        let query = AlarmQuery { states: states.to_vec(), priority, limit: 10, ..AlarmQuery::default() };
        let found = open.reader().alarms(&query).unwrap();
        found.iter().map(|alarm| alarm.id.0).collect::<Vec<_>>()
    };
    assert_eq!(list(&[], None), [1, 2, 3]);
    assert_eq!(list(&[AlarmState::Unacknowledged, AlarmState::Closed], None), [1, 3]);
    assert_eq!(list(&[], Some(1)), [2, 3]);
    assert_eq!(list(&[AlarmState::Acknowledged], Some(2)), [0u128; 0]);
}

pub fn alarms_are_found_by_when_they_were_raised(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let all = [alarm(1, 1, 100), alarm(2, 2, 200), alarm(3, 3, 300)];
    commit_with(&mut open, 400, vec![RecordBody::Tick], &[], &all, &[]);
    let list = |from: Option<i64>, to: Option<i64>| {
        let query = AlarmQuery { from: from.map(at), to: to.map(at), limit: 10, ..AlarmQuery::default() };
        let found = open.reader().alarms(&query).unwrap();
        found.iter().map(|alarm| alarm.id.0).collect::<Vec<_>>()
    };
    assert_eq!(list(Some(200), None), [2, 3]);
    assert_eq!(list(None, Some(200)), [1]);
    assert_eq!(list(Some(200), Some(300)), [2]);
}

pub fn alarms_are_counted_in_spans_of_time(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let minute = 60_000;
    let mut done = alarm(4, 4, 25 * minute);
    let body = done.body.body_mut();
    (body.acknowledged, body.closed_at) = (Some((at(29 * minute), "anna".to_owned())), Some(at(30 * minute)));
    // The first lies before the spans, the last after them, the second at the very start of one.
    let all = [alarm(1, 1, 9 * minute), alarm(2, 2, 10 * minute), alarm(3, 3, 20 * minute - 1), done];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &[], &all, &[]);
    commit_with(&mut open, 1, vec![RecordBody::Tick], &[], &[alarm(5, 5, 40 * minute)], &[]);
    let spans = Spans { from: at(10 * minute), width: SpanMs(10 * minute), count: 3 };
    let count = |raised, acknowledged, closed| AlarmCount { raised, acknowledged, closed };
    let counted = open.reader().alarm_counts(&spans).unwrap();
    assert_eq!(counted, [count(2, 0, 0), count(1, 1, 0), count(0, 0, 1)]);
}

pub fn the_oldest_open_alarm_is_found(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    assert_eq!(open.reader().oldest_open_alarm(&AlarmState::OPEN).unwrap(), None);
    let mut closed = alarm(1, 1, 0);
    closed.body.body_mut().closed_at = Some(at(10));
    let mut shelved = alarm(2, 2, 100);
    let shelf = Shelf { until: at(900), reason: "works".to_owned() };
    shelved.body.body_mut().shelved = Some(shelf);
    let all = [closed, shelved.clone(), alarm(3, 3, 300), alarm(4, 4, 200)];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &[], &all, &[]);
    let oldest = |states: &[AlarmState]| open.reader().oldest_open_alarm(states).unwrap().map(|alarm| alarm.id.0);
    assert_eq!(oldest(&AlarmState::OPEN), Some(2));
    assert_eq!(oldest(&[AlarmState::Unacknowledged, AlarmState::Returned]), Some(4));
    assert_eq!(open.reader().count_open_alarms(&AlarmState::OPEN).unwrap(), 3);
    assert_eq!(open.reader().count_open_alarms(&[AlarmState::Shelved]).unwrap(), 1);
    assert_eq!(open.reader().alarm(AlarmId(2)).unwrap(), Some(shelved), "with its reason and its end");
}

pub fn lists_go_on_after_a_seq(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let events: Vec<_> = (1..=25).map(|n| event(n.into(), n, 0)).collect();
    commit_with(&mut open, 0, vec![RecordBody::Tick], &events, &[], &[]);
    let (reader, mut seen, mut after) = (open.reader(), Vec::new(), None);
    loop {
        let page = reader.events(&EventQuery { after, limit: 10, ..EventQuery::default() }).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.seq);
        seen.extend(page);
    }
    assert_eq!(seen, events);
}

pub fn the_journal_gives_whole_batches_from_any_position(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let batches: Vec<_> = (0..5)
        .map(|n| (at(n), commit(&mut open, n, fixes([fix(7, n * 10), fix(8, n * 10), fix(9, n * 10)]))))
        .collect();
    let reader = open.reader();
    let from = |position, limit| reader.journal(JournalPosition(position), limit).unwrap();
    assert_eq!(from(0, 100), batches);
    assert_eq!(from(1, 2), batches[..2]);
    assert_eq!(from(6, 100), batches[1..]);
    assert_eq!(from(7, 1), batches[2..3]);
    assert_eq!(from(16, 100), Vec::<(UnixMs, _)>::new());
}
