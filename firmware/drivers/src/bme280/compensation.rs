//! From what a BME280 counts to what is: the formulas of its datasheet (4.2.3), in whole numbers.

/// Bytes of the calibration from 0x88 and from 0xe1.
pub(super) const MAIN_BYTES: usize = 26;
pub(super) const HUMIDITY_BYTES: usize = 7;

/// What a sensor was calibrated to in the factory; names as in the datasheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compensation {
    t1: i64,
    t: [i64; 2],
    p1: i64,
    /// P2 to P9.
    p: [i64; 8],
    h: [i64; 6],
}

/// What it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) pressure: u32,
    pub(super) temperature: u32,
    pub(super) humidity: u32,
}

impl Compensation {
    /// `None` if the registers were never written.
    pub(super) fn read(main: &[u8; MAIN_BYTES], humidity: &[u8; HUMIDITY_BYTES]) -> Option<Self> {
        let unsigned = |at: usize| i64::from(u16::from_le_bytes([main[at], main[at + 1]]));
        let signed = |at: usize| i64::from(i16::from_le_bytes([main[at], main[at + 1]]));
        let [h2_low, h2_high, h3, h4_high, shared, h5_high, h6] = *humidity;
        // Two numbers of twelve bits share a byte; their upper byte has the sign.
        let twelve = |high: u8, low: u8| i64::from(high.cast_signed()) << 4 | i64::from(low);
        let (t1, p1) = (unsigned(0), unsigned(6));
        let blank = [0, i64::from(u16::MAX)];
        (!blank.contains(&t1) && !blank.contains(&p1)).then(|| Self {
            t1,
            t: [signed(2), signed(4)],
            p1,
            p: core::array::from_fn(|index| signed(8 + 2 * index)),
            h: [
                i64::from(main[25]),
                i64::from(i16::from_le_bytes([h2_low, h2_high])),
                i64::from(h3),
                twelve(h4_high, shared & 0x0f),
                twelve(h5_high, shared >> 4),
                i64::from(h6.cast_signed()),
            ],
        })
    }

    /// °C, percent, hPa; `None` if the calibration makes no pressure of it.
    pub(super) fn apply(&self, raw: Raw) -> Option<[f64; 3]> {
        let fine = self.fine(raw.temperature.into());
        Some([
            self.temperature(fine) as f64 / 100.0,
            self.humidity(fine, raw.humidity.into()) as f64 / 1_024.0,
            self.pressure(fine, raw.pressure.into())? as f64 / 25_600.0,
        ])
    }

    /// The temperature as the other formulas take it.
    fn fine(&self, raw: i64) -> i64 {
        let [t2, t3] = self.t;
        let one = (((raw >> 3) - (self.t1 << 1)) * t2) >> 11;
        let away = (raw >> 4) - self.t1;
        one + ((((away * away) >> 12) * t3) >> 14)
    }

    /// Hundredths of a degree.
    fn temperature(&self, fine: i64) -> i64 {
        (fine * 5 + 128) >> 8
    }

    /// Pascals times 256.
    fn pressure(&self, fine: i64, raw: i64) -> Option<i64> {
        let [p2, p3, p4, p5, p6, p7, p8, p9] = self.p;
        let one = fine - 128_000;
        let two = one * one * p6 + ((one * p5) << 17) + (p4 << 35);
        let one = ((one * one * p3) >> 8) + ((one * p2) << 12);
        let one = (((1_i128 << 47) + i128::from(one)) * i128::from(self.p1)) >> 33;
        // A strange calibration reaches further than 64 bits.
        let pressure = ((i128::from(1_048_576 - raw) << 31) - i128::from(two)) * 3_125;
        let pressure = i64::try_from(pressure.checked_div(one)?).ok()?;
        let tall = i128::from(pressure >> 13);
        let one = (i128::from(p9) * tall * tall) >> 25;
        let two = (i128::from(p8) * i128::from(pressure)) >> 19;
        let sum = (i128::from(pressure) + one + two) >> 8;
        i64::try_from(sum + i128::from(p7 << 4)).ok()
    }

    /// Percent times 1,024, from 0 to 100 percent.
    fn humidity(&self, fine: i64, raw: i64) -> i64 {
        let [h1, h2, h3, h4, h5, h6] = self.h;
        let away = fine - 76_800;
        let first = ((raw << 14) - (h4 << 20) - h5 * away + 16_384) >> 15;
        let bend = (((away * h6) >> 10) * (((away * h3) >> 11) + 32_768)) >> 10;
        let second = ((bend + 2_097_152) * h2 + 8_192) >> 14;
        let product = first * second;
        let squared = ((product >> 15) * (product >> 15)) >> 7;
        (product - ((squared * h1) >> 4)).clamp(0, 419_430_400) >> 12
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The trimming values of Bosch's calculation example (BMP280 datasheet 3.12, same formulas), and
    /// humidity values as sensors have them.
    pub(crate) const MAIN: [u8; MAIN_BYTES] = {
        let words: [i32; 12] = [
            27_504, 26_435, -1_000, 36_477, -10_685, 3_024, 2_855, 140, -7, 15_500, -14_600, 6_000,
        ];
        let mut bytes = [0; MAIN_BYTES];
        let mut at = 0;
        while at < words.len() {
            [bytes[2 * at], bytes[2 * at + 1]] = (words[at] as u16).to_le_bytes();
            at += 1;
        }
        bytes[25] = 75;
        bytes
    };
    /// H2 362, H3 0, H4 324, H5 50, H6 30.
    pub(crate) const HUMIDITY: [u8; HUMIDITY_BYTES] = [0x6a, 0x01, 0, 0x14, 0x24, 0x03, 30];
    const RAW: Raw = Raw {
        pressure: 415_148,
        temperature: 519_888,
        humidity: 30_000,
    };

    /// The same as the registers have it.
    pub(crate) fn data() -> [u8; 8] {
        let twenty = |raw: u32| {
            let [_, high, middle, low] = (raw << 4).to_be_bytes();
            [high, middle, low]
        };
        let mut data = [0; 8];
        data[..3].copy_from_slice(&twenty(RAW.pressure));
        data[3..6].copy_from_slice(&twenty(RAW.temperature));
        data[6..].copy_from_slice(&(RAW.humidity as u16).to_be_bytes());
        data
    }

    #[test]
    fn the_example_of_the_datasheet_comes_out() {
        let compensation = Compensation::read(&MAIN, &HUMIDITY).unwrap();
        assert_eq!(compensation.h, [75, 362, 0, 324, 50, 30]);
        let fine = compensation.fine(RAW.temperature.into());
        assert_eq!(fine, 128_422);
        assert_eq!(compensation.temperature(fine), 2_508);
        // The example is in floating point: 100,653.27 Pa. Whole numbers lose some of the temperature's digits.
        let pressure = compensation.pressure(fine, RAW.pressure.into()).unwrap();
        assert!((pressure as f64 / 256.0 - 100_653.27).abs() < 0.02);
    }

    #[test]
    fn blank_registers_are_no_calibration() {
        assert!(Compensation::read(&[0; 26], &HUMIDITY).is_none());
        assert!(Compensation::read(&[0xff; 26], &HUMIDITY).is_none());
    }

    /// The same in floating point, as the datasheet has it in its appendix (8.1).
    fn humidity(fine: f64, raw: f64, [h1, h2, h3, h4, h5, h6]: [f64; 6]) -> f64 {
        let away = fine - 76_800.0;
        let bend = 1.0 + h6 / 67_108_864.0 * away * (1.0 + h3 / 67_108_864.0 * away);
        let wet = (raw - (h4 * 64.0 + h5 / 16_384.0 * away)) * (h2 / 65_536.0 * bend);
        (wet * (1.0 - h1 * wet / 524_288.0)).clamp(0.0, 100.0)
    }

    proptest! {
        #[test]
        fn whole_numbers_and_floats_agree_on_humidity(raw in 0..=65_535_u32, warm in -200_000..400_000_i64) {
            let compensation = Compensation::read(&MAIN, &HUMIDITY).unwrap();
            let told = compensation.humidity(warm, raw.into()) as f64 / 1_024.0;
            let real = humidity(warm as f64, raw.into(), compensation.h.map(|h| h as f64));
            prop_assert!((told - real).abs() < 0.05, "{told} is not {real}");
        }

        #[test]
        fn any_calibration_is_applied_without_panic(
            main: [u8; MAIN_BYTES], wet: [u8; HUMIDITY_BYTES],
            pressure in 0..1_u32 << 20, temperature in 0..1_u32 << 20, humidity in 0..1_u32 << 16,
        ) {
            if let Some(compensation) = Compensation::read(&main, &wet) {
                let _ = compensation.apply(Raw { pressure, temperature, humidity });
            }
        }
    }
}
