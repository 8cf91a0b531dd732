//! 0x0704: many position reports in one message.
//!
//! One bad report costs one report: the others are taken.

use super::bad::Bad;
use super::location::{BASE_LEN, Location};
use super::wire::Reader;

/// Why reports come in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// Gathered on purpose.
    Normal,
    /// Recorded while there was no link.
    BlindArea,
    /// A number that the standard does not have; taken as [`BatchKind::Normal`].
    Other(u8),
}

/// The reports of one batch, read one after another.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// Why they come together.
    pub kind: BatchKind,
    /// How many there should be.
    pub declared: u16,
    reader: Reader<'a>,
    found: u16,
    over: bool,
}

impl<'a> Batch<'a> {
    /// Reads the head of a body.
    pub fn parse(body: &'a [u8]) -> Result<Batch<'a>, Bad> {
        let mut reader = Reader::new(body);
        let declared = reader.u16("count")?;
        let kind = match reader.u8("batch_type")? {
            0 => BatchKind::Normal,
            1 => BatchKind::BlindArea,
            other => BatchKind::Other(other),
        };
        Ok(Batch { kind, declared, reader, found: 0, over: false })
    }

    fn read(&mut self) -> Result<(Location, &'a [u8]), Bad> {
        let length = self.reader.u16("location_length").inspect_err(|_| self.over = true)?;
        let body = self.reader.bytes(usize::from(length), "location").inspect_err(|_| self.over = true)?;
        Location::parse(body)
    }
}

/// Each report with the bytes of its items, or why it was refused. A count that is wrong is said last.
impl<'a> Iterator for Batch<'a> {
    type Item = Result<(Location, &'a [u8]), Bad>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        if self.reader.rest().is_empty() {
            self.over = true;
            let wrong = self.found != self.declared;
            return wrong.then_some(Err(Bad::Count { declared: self.declared, found: self.found }));
        }
        self.found = self.found.saturating_add(1);
        Some(self.read())
    }
}

/// Gathers reports into one body.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    body: Vec<u8>,
    count: u16,
}

impl BatchBuilder {
    /// An empty batch.
    pub fn new(kind: BatchKind) -> BatchBuilder {
        let kind = match kind {
            BatchKind::Normal => 0,
            BatchKind::BlindArea => 1,
            BatchKind::Other(other) => other,
        };
        BatchBuilder { body: vec![0, 0, kind], count: 0 }
    }

    /// Adds one 0x0200 body of at most 65,535 bytes, items included.
    pub fn push(&mut self, location: &[u8]) {
        debug_assert!(location.len() >= BASE_LEN, "a report has {BASE_LEN} bytes at least");
        let length = u16::try_from(location.len()).expect("a report has at most 65,535 bytes");
        self.count += 1;
        self.body[..2].copy_from_slice(&self.count.to_be_bytes());
        self.body.extend_from_slice(&length.to_be_bytes());
        self.body.extend_from_slice(location);
    }

    /// The body so far.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::position::Position;
    use cordon_spatial::units::{DeciKph, UnixMs};

    fn report(second: i64) -> Vec<u8> {
        let location = Location {
            alarm_bits: 0,
            status_bits: 3,
            position: Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 },
            altitude_m: 5,
            speed: Some(DeciKph(300)),
            heading_deg: Some(90),
            fixed_at: UnixMs(1_795_433_405_000 + second * 1000),
        };
        let mut body = Vec::new();
        location.encode(&mut body);
        body
    }

    fn batch(reports: &[Vec<u8>]) -> Vec<u8> {
        let mut batch = BatchBuilder::new(BatchKind::BlindArea);
        reports.iter().for_each(|report| batch.push(report));
        batch.body().to_vec()
    }

    #[test]
    fn reads_every_report() {
        let body = batch(&[report(0), report(10), report(20)]);
        let batch = Batch::parse(&body).expect("a batch");
        assert_eq!((batch.kind, batch.declared), (BatchKind::BlindArea, 3));
        let times: Vec<_> =
            batch.map(|report| report.expect("a good report").0.fixed_at.0 - 1_795_433_405_000).collect();
        assert_eq!(times, [0, 10_000, 20_000]);
    }

    #[test]
    fn one_bad_report_costs_one_report() {
        let mut bad = report(10);
        bad[23] = 0x13;
        let body = batch(&[report(0), bad, report(20)]);
        let good: Vec<_> = Batch::parse(&body).expect("a batch").map(|report| report.is_ok()).collect();
        assert_eq!(good, [true, false, true]);
    }

    #[test]
    fn a_cut_batch_keeps_what_is_whole() {
        let body = batch(&[report(0), report(10)]);
        let reports: Vec<_> = Batch::parse(&body[..body.len() - 1]).expect("a batch").collect();
        assert!(reports[0].is_ok());
        assert_eq!(reports[1..], [Err(Bad::Short { field: "location", needs: 28, found: 27 })]);
    }

    #[test]
    fn a_wrong_count_is_said() {
        let mut body = batch(&[report(0)]);
        body[1] = 9;
        let reports: Vec<_> = Batch::parse(&body).expect("a batch").collect();
        assert!(reports[0].is_ok());
        assert_eq!(reports[1..], [Err(Bad::Count { declared: 9, found: 1 })]);
    }
}
