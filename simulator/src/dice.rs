//! Seeded dice: the only randomness here. One seed always throws the same numbers.

use rand::{Rng as _, SeedableRng as _, rngs::Xoshiro256PlusPlus};

/// FNV-1a, 64 bits: its published start and prime.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;
/// The mean up to which a count is thrown in one go; `exp` of more is too near to zero.
const COUNT_MEAN_MAX: f64 = 30.0;

/// Numbers from a seed.
#[derive(Clone, Debug)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice of `name`, apart from all others of the seed: what one part throws never shifts another.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        let named = name.bytes().fold(FNV_START, mix);
        Self(Xoshiro256PlusPlus::seed_from_u64(
            seed.rotate_left(17) ^ named,
        ))
    }

    /// Any whole number.
    pub fn whole(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// From 0 to just below 1.
    pub fn share(&mut self) -> f64 {
        (self.whole() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From `low` to just below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// True in so many of all cases, from 0 to 1.
    pub fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Normally distributed about 0 with deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (core::f64::consts::TAU * self.share()).cos()
    }

    /// How long until something that happens every `mean` on average, whatever was before.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }

    /// How often something happens that does `mean` times on average (Poisson, by Knuth's product).
    pub fn count(&mut self, mean: f64) -> u32 {
        let (mut count, mut left) = (0, mean.max(0.0));
        while left > 0.0 {
            let part = left.min(COUNT_MEAN_MAX);
            left -= part;
            let floor = (-part).exp();
            let mut product = self.share();
            while product > floor {
                count += 1;
                product *= self.share();
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THROWS: u32 = 20_000;

    fn mean(mut throw: impl FnMut() -> f64) -> f64 {
        (0..THROWS).map(|_| throw()).sum::<f64>() / f64::from(THROWS)
    }

    #[test]
    fn a_seed_and_a_name_make_the_numbers() {
        let throw = |seed, name| {
            let mut dice = Dice::new(seed, name);
            [dice.whole(), dice.whole()]
        };
        assert_eq!(throw(1, "a"), throw(1, "a"));
        assert_ne!(throw(1, "a"), throw(2, "a"));
        assert_ne!(throw(1, "a"), throw(1, "b"));
    }

    #[test]
    fn throws_have_the_mean_they_should() {
        let mut dice = Dice::new(7, "mean");
        assert!((mean(|| dice.share()) - 0.5).abs() < 0.01);
        assert!(mean(|| dice.normal()).abs() < 0.03);
        assert!((mean(|| dice.normal().powi(2)) - 1.0).abs() < 0.05);
        assert!((mean(|| dice.wait(20.0)) - 20.0).abs() < 0.6);
        assert!((mean(|| dice.count(0.3).into()) - 0.3).abs() < 0.02);
        assert!((mean(|| dice.count(75.0).into()) - 75.0).abs() < 0.5);
        assert!((mean(|| f64::from(u8::from(dice.chance(0.2)))) - 0.2).abs() < 0.02);
        assert_eq!(dice.count(-1.0), 0);
    }
}
