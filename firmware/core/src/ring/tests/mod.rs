pub(crate) mod flash;

use std::{format, ops::Range, vec, vec::Vec};

use flash::{Cut, Flash, SECTOR};
use proptest::prelude::*;

use super::*;

fn region(flash: &Flash) -> Range<u32> {
    use embedded_storage::nor_flash::ReadNorFlash as _;
    0..flash.capacity() as u32
}

fn open(flash: Flash) -> Result<Ring<Flash>, RingError<Cut>> {
    let region = region(&flash);
    Ring::open(flash, region)
}

/// The flash of a ring, its power back.
fn restarted(mut flash: Flash) -> Flash {
    flash.power = None;
    flash
}

fn body(number: u32) -> Body {
    let mut body = [0xa5; 27];
    body[..4].copy_from_slice(&number.to_le_bytes());
    body
}

fn number(body: &Body) -> u32 {
    u32::from_le_bytes([body[0], body[1], body[2], body[3]])
}

/// All that is kept, oldest first.
fn kept(ring: &mut Ring<Flash>) -> Vec<u32> {
    let entries = ring.peek(1_000).unwrap();
    assert_eq!(entries.len() as u32, ring.len());
    entries.iter().map(|entry| number(&entry.body)).collect()
}

#[test]
fn the_oldest_go_first_and_are_counted() {
    // Four sectors of 7 readings; one is always dead.
    let mut ring = open(Flash::new(4)).unwrap();
    assert_eq!(ring.capacity(), 14);
    for number in 0..21 {
        ring.push(&body(number)).unwrap();
        assert_eq!((ring.len(), ring.dropped()), (number + 1, 0));
    }
    ring.push(&body(21)).unwrap();
    assert_eq!((ring.len(), ring.dropped()), (15, 7));
    assert_eq!(kept(&mut ring), (7..22).collect::<Vec<_>>());

    let mut ring = open(restarted(ring.flash)).unwrap();
    assert_eq!((ring.len(), ring.dropped()), (15, 7));
    assert_eq!(kept(&mut ring), (7..22).collect::<Vec<_>>());
}

#[test]
fn what_is_acknowledged_is_forgotten_and_never_counted_as_dropped() {
    let mut ring = open(Flash::new(4)).unwrap();
    for pushed in 0..200 {
        ring.push(&body(pushed)).unwrap();
        let entries = ring.peek(2).unwrap();
        assert_eq!((entries.len(), number(&entries[0].body)), (1, pushed));
        ring.acknowledge(entries[0].through).unwrap();
        ring.acknowledge(entries[0].through).unwrap();
        assert!(ring.is_empty());
    }
    assert_eq!(ring.dropped(), 0);
    assert!(open(restarted(ring.flash)).unwrap().is_empty());
}

#[test]
fn a_region_that_makes_no_ring_is_refused() {
    let cases: &[(Range<u32>, &str)] = &[
        (0..512, "less than 3 sectors"),
        (512..512, "less than 3 sectors"),
        (4..1028, "begin and end with a sector"),
        (0..1024 + 256, "beyond the flash"),
    ];
    for (region, why) in cases {
        let error = Ring::open(Flash::new(4), region.clone()).unwrap_err();
        assert!(format!("{error}").contains(why), "{error}");
    }
    let ring = Ring::open(Flash::new(5), SECTOR as u32..5 * SECTOR as u32).unwrap();
    assert_eq!(ring.capacity(), 14);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Push,
    /// Of so many readings.
    Acknowledge(usize),
}

/// What a ring must hold: readings are numbered as they are pushed, and leave in that order.
#[derive(Clone, Debug, Default)]
struct Model {
    pushed: u32,
    acknowledged: u32,
    /// Readings that the step at which the power went may have added to the one or the other.
    maybe_pushed: u32,
    maybe_acknowledged: u32,
}

impl Model {
    /// Takes steps until the power goes.
    fn run(&mut self, ring: &mut Ring<Flash>, steps: &[Step]) -> Result<(), RingError<Cut>> {
        for step in steps {
            match step {
                Step::Push => {
                    self.maybe_pushed = 1;
                    ring.push(&body(self.pushed))?;
                    self.pushed += 1;
                    self.maybe_pushed = 0;
                }
                Step::Acknowledge(count) => {
                    let entries = ring.peek(*count)?;
                    let Some(last) = entries.last() else { continue };
                    self.maybe_acknowledged = entries.len() as u32;
                    ring.acknowledge(last.through)?;
                    self.acknowledged += entries.len() as u32;
                    self.maybe_acknowledged = 0;
                }
            }
        }
        Ok(())
    }

    /// Holds the ring after a restart against what was promised, and takes over what the cut left open.
    fn check(&mut self, ring: &mut Ring<Flash>) {
        let kept = kept(ring);
        let next = kept
            .last()
            .map_or(self.pushed, |last| (last + 1).max(self.pushed));
        let first = next - kept.len() as u32;
        assert_eq!(
            kept,
            (first..next).collect::<Vec<_>>(),
            "in order, without a gap"
        );
        assert!(next <= self.pushed + self.maybe_pushed);
        let acknowledged = first - ring.dropped();
        let may_be = [
            self.acknowledged,
            self.acknowledged + self.maybe_acknowledged,
        ];
        assert!(may_be.contains(&acknowledged), "{self:?}: {acknowledged}");
        *self = Self {
            pushed: next,
            acknowledged,
            ..Self::default()
        };
    }
}

/// Cuts the power at each word and each erase of `steps`, and then at each of the next start and steps.
fn cut_everywhere(steps: &[Step], wreck: u32) {
    let mut whole = open(Flash::new(4)).unwrap();
    Model::default().run(&mut whole, steps).unwrap();
    for power in 1..=whole.flash.work {
        let mut flash = Flash::new(4);
        (flash.power, flash.wreck) = (Some(power), wreck ^ power);
        let mut model = Model::default();
        let flash = run_until_cut(flash, &mut model, steps);
        let mut ring = open(restarted(flash.clone())).unwrap();
        model.clone().check(&mut ring);
        for again in [1, 2, 5, 9, 10, 14] {
            let (mut flash, mut model) = (flash.clone(), model.clone());
            flash.power = Some(again);
            // The first cut is judged here too: the second start must not have made it worse.
            let flash = match open_lent(&mut flash) {
                Some(mut ring) => {
                    ring.flash.power = None;
                    model.check(&mut ring);
                    ring.flash.power = Some(again);
                    let _ = model.run(&mut ring, steps);
                    ring.flash
                }
                None => flash,
            };
            let mut ring = open(restarted(flash)).unwrap();
            model.check(&mut ring);
            model.run(&mut ring, steps).unwrap();
            model.check(&mut ring);
        }
    }
}

/// The flash after the steps, or as the cut left it.
fn run_until_cut(mut flash: Flash, model: &mut Model, steps: &[Step]) -> Flash {
    match open_lent(&mut flash) {
        Some(mut ring) => {
            let _ = model.run(&mut ring, steps);
            ring.flash
        }
        None => flash,
    }
}

/// Opens a ring on the flash, which a cut leaves here as it is.
fn open_lent(flash: &mut Flash) -> Option<Ring<Flash>> {
    let region = region(flash);
    let ring = Ring::open(&mut *flash, region).ok()?;
    let Ring {
        start,
        sectors,
        newest,
        head,
        tail,
        dropped,
        kept,
        ..
    } = ring;
    let flash = flash.clone();
    Some(Ring {
        flash,
        start,
        sectors,
        newest,
        head,
        tail,
        dropped,
        kept,
    })
}

#[test]
fn no_cut_of_power_breaks_a_promise() {
    let mut steps = vec![Step::Push; 18];
    steps.extend([Step::Acknowledge(3), Step::Push, Step::Acknowledge(20)]);
    steps.extend([Step::Push; 16]);
    steps.extend([Step::Push, Step::Acknowledge(1)].repeat(12));
    for wreck in [0, 0x9e37_79b9, 0x3c6e_f372, u32::MAX] {
        cut_everywhere(&steps, wreck);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_cut_breaks_any_way_of_use(
        steps in prop::collection::vec(
            prop_oneof![4 => Just(Step::Push), 1 => (1..9_usize).prop_map(Step::Acknowledge)],
            1..60,
        ),
        wreck: u32,
    ) {
        cut_everywhere(&steps, wreck);
    }
}

proptest! {
    /// Bits that rot cost readings, never the ring.
    #[test]
    fn a_spoiled_ring_is_opened_and_used_on(
        before in 0..60_u32,
        blows in prop::collection::vec(any::<(usize, u8)>(), 0..40),
    ) {
        let mut ring = open(Flash::new(4)).unwrap();
        for number in 0..before {
            ring.push(&body(number)).unwrap();
        }
        ring.flash.spoil(&blows);
        let mut ring = open(ring.flash).unwrap();
        for number in 100..120 {
            ring.push(&body(number)).unwrap();
        }
        prop_assert!(kept(&mut ring).ends_with(&[117, 118, 119]));
    }
}
