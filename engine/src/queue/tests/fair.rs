//! The order of hints against a model of what fairness means.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::{hint, org};
use crate::{
    ids::{OrgId, RunId},
    queue::{BULK_EVERY, Class, HINTS_PER_ORG_MAX, Hint, fair::Fair},
};

const CLASSES: [Class; 2] = [Class::Interactive, Class::Bulk];

/// What must hold after any pushes and pops, kept beside the real thing in the dullest way.
#[derive(Default)]
struct Model {
    waiting: BTreeMap<(Class, OrgId), Vec<RunId>>,
    held: Vec<Hint>,
    again: BTreeMap<RunId, Class>,
    /// Pops of a class since an organisation with hints of that class was last served.
    passed_over: BTreeMap<(Class, OrgId), usize>,
    since_bulk: u64,
}

impl Model {
    fn push(&mut self, hint: Hint) {
        if self.held.iter().any(|held| held.run == hint.run) {
            let class = self.again.entry(hint.run).or_insert(hint.class);
            *class = (*class).min(hint.class);
            return;
        }
        if self.waiting.values().any(|runs| runs.contains(&hint.run)) {
            return;
        }
        let runs = self.waiting.entry((hint.class, hint.org)).or_default();
        if runs.len() < HINTS_PER_ORG_MAX {
            runs.push(hint.run);
        }
    }

    fn orgs(&self, class: Class) -> BTreeSet<OrgId> {
        self.waiting
            .iter()
            .filter(|((of, _), runs)| *of == class && !runs.is_empty())
            .map(|((_, org), _)| *org)
            .collect()
    }

    fn popped(&mut self, hint: Hint) {
        let had_bulk = !self.orgs(Class::Bulk).is_empty();
        let others = self.orgs(hint.class);
        let runs = self
            .waiting
            .get_mut(&(hint.class, hint.org))
            .expect("only what was pushed comes out");
        assert_eq!(
            runs.remove(0),
            hint.run,
            "within an organisation the oldest comes first"
        );
        for org in others.iter().copied() {
            let passed = self.passed_over.entry((hint.class, org)).or_default();
            *passed = if org == hint.org { 0 } else { *passed + 1 };
            // Every organisation is served once before another is served twice; those that came
            // in between stand behind it.
            assert!(
                *passed <= ORGS,
                "an organisation was passed over {passed} times"
            );
        }
        self.since_bulk = match hint.class {
            Class::Interactive if had_bulk => self.since_bulk + 1,
            Class::Interactive | Class::Bulk => 0,
        };
        assert!(self.since_bulk < BULK_EVERY, "bulk starves");
        if self.orgs(Class::Interactive).is_empty() {
            self.since_bulk = 0;
        }
        self.held.push(hint);
    }
}

const ORGS: usize = 7;

#[test]
fn any_pushes_and_pops_are_fair() {
    for seed in 0..200 {
        let mut dice = StdRng::seed_from_u64(seed);
        let orgs: Vec<OrgId> = (0..ORGS).map(|_| org()).collect();
        let mut runs: Vec<Hint> = Vec::new();
        let mut fair = Fair::default();
        let mut model = Model::default();
        for _ in 0..400 {
            match dice.random_range(0..10) {
                0..4 => {
                    // One organisation pushes half of everything.
                    let org = orgs[dice.random_range(0..ORGS * 2).saturating_sub(ORGS)];
                    let new = hint(org, CLASSES[dice.random_range(0..2)]);
                    runs.push(new);
                    fair.push(new);
                    model.push(new);
                }
                4 => {
                    if let Some(old) = runs.get(dice.next_u32() as usize % runs.len().max(1)) {
                        fair.push(*old);
                        model.push(*old);
                    }
                }
                5..8 => match fair.pop() {
                    Some(hint) => model.popped(hint),
                    None => assert!(
                        CLASSES.iter().all(|class| model.orgs(*class).is_empty()),
                        "seed {seed}"
                    ),
                },
                _ => {
                    if !model.held.is_empty() {
                        let held = model
                            .held
                            .swap_remove(dice.next_u32() as usize % model.held.len());
                        fair.done(held);
                        if let Some(class) = model.again.remove(&held.run) {
                            model.push(Hint { class, ..held });
                        }
                    }
                }
            }
            let waiting: usize = model.waiting.values().map(Vec::len).sum();
            assert_eq!(fair.len(), waiting, "seed {seed}");
            assert_eq!(fair.known(), waiting + model.held.len(), "seed {seed}");
        }
        for held in model.held.drain(..) {
            fair.done(held);
        }
        while let Some(hint) = fair.pop() {
            fair.done(hint);
        }
        assert_eq!(
            (fair.len(), fair.known()),
            (0, 0),
            "seed {seed}: something stayed"
        );
    }
}

#[test]
fn a_run_is_there_once_until_its_look_ends() {
    let mut fair = Fair::default();
    let one = hint(org(), Class::Interactive);
    assert!(fair.push(one));
    assert!(!fair.push(one));
    assert_eq!(fair.pop(), Some(one));
    assert_eq!(fair.pop(), None);
    assert!(!fair.done(one));
    assert_eq!(fair.known(), 0);
}

#[test]
fn a_hint_during_the_look_leads_to_another() {
    let mut fair = Fair::default();
    let one = hint(org(), Class::Bulk);
    fair.push(one);
    fair.pop();
    fair.push(one);
    fair.push(Hint {
        class: Class::Interactive,
        ..one
    });
    assert_eq!(fair.pop(), None, "never two looks at once");
    assert!(fair.done(one));
    assert_eq!(
        fair.pop(),
        Some(Hint {
            class: Class::Interactive,
            ..one
        })
    );
}

#[test]
fn a_flood_of_one_keeps_nobody_waiting_and_is_bounded() {
    let mut fair = Fair::default();
    let (flood, small) = (org(), org());
    for _ in 0..100_000 {
        fair.push(hint(flood, Class::Interactive));
    }
    assert_eq!(fair.len(), HINTS_PER_ORG_MAX);
    let mine = hint(small, Class::Interactive);
    fair.push(mine);
    let next: HashSet<Hint> = (0..2).filter_map(|_| fair.pop()).collect();
    assert!(next.contains(&mine));
}
