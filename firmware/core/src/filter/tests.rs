use std::vec::Vec;

use proptest::{collection::vec, prelude::*};

use super::*;

fn span(values: &[f64]) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let wider = |(low, high): (f64, f64), value: &f64| (low.min(*value), high.max(*value));
    values.iter().fold(start, wider)
}

#[test]
fn a_lone_outlier_leaves_no_trace_in_the_median() {
    let mut median = Median::new(3);
    let values = [4.0, 4.1, 85.0, 4.2, 4.1, -127.0, 4.0];
    let told: Vec<f64> = values.iter().map(|value| median.push(*value)).collect();
    assert_eq!(told, [4.0, 4.0, 4.1, 4.2, 4.2, 4.1, 4.0]);
}

#[test]
fn a_spike_is_held_back_and_a_lasting_jump_is_not() {
    let cases: &[(&[f64], &[Option<f64>])] = &[
        (&[4.0, 30.0, 4.1], &[Some(4.0), None, Some(4.1)]),
        (
            &[4.0, 30.0, 31.0, 32.0, 33.0],
            &[Some(4.0), None, None, Some(32.0), Some(33.0)],
        ),
        // Spikes that disagree confirm nothing.
        (
            &[4.0, 30.0, -30.0, 30.0, -30.0],
            &[Some(4.0), None, None, None, None],
        ),
        // A good value in between begins the count anew.
        (
            &[4.0, 30.0, 30.0, 4.0, 30.0, 30.0],
            &[Some(4.0), None, None, Some(4.0), None, None],
        ),
    ];
    for (values, told) in cases {
        let mut spike = Spike::new(5.0, 3);
        let got: Vec<_> = values.iter().map(|value| spike.push(*value)).collect();
        assert_eq!(&got, told);
    }
}

proptest! {
    #[test]
    fn the_median_is_a_value_of_its_window(values in vec(-1e6..1e6_f64, 1..40), window in 0..12_usize) {
        let mut median = Median::new(window);
        let window = window.clamp(1, 9);
        for at in 0..values.len() {
            let told = median.push(values[at]);
            let seen = &values[(at + 1).saturating_sub(window)..=at];
            let below = seen.iter().filter(|value| **value < told).count();
            let above = seen.iter().filter(|value| **value > told).count();
            prop_assert!(seen.contains(&told));
            prop_assert!(below <= seen.len() / 2 && above <= seen.len() / 2);
        }
    }

    #[test]
    fn smoothing_stays_within_what_came(values in vec(-1e6..1e6_f64, 1..40), share in -0.5..1.5_f64) {
        let mut smooth = Smooth::new(share);
        let (low, high) = span(&values);
        for value in &values {
            let told = smooth.push(*value);
            let slack = 1e-9 * low.abs().max(high.abs());
            prop_assert!(told >= low - slack && told <= high + slack);
        }
    }

    #[test]
    fn smoothing_reaches_what_stays(start in -1e3..1e3_f64, end in -1e3..1e3_f64, share in 0.2..1.0_f64) {
        let mut smooth = Smooth::new(share);
        smooth.push(start);
        let told = (0..200).fold(start, |_, _| smooth.push(end));
        prop_assert!((told - end).abs() < 1e-6);
    }

    #[test]
    fn no_spike_shorter_than_the_count_passes(good in vec(0.0..2.0_f64, 2..20), at in 1..19_usize, length in 1..3_usize) {
        let mut spike = Spike::new(3.0, 3);
        for (index, value) in good.iter().enumerate() {
            if index == at {
                for _ in 0..length {
                    prop_assert_eq!(spike.push(50.0), None);
                }
            }
            prop_assert_eq!(spike.push(*value), Some(*value));
        }
    }
}
