//! DS18B20: one or more thermometers on a 1-Wire bus, all measuring at once.

use alloc::vec::Vec;

use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
};
use operandi_node_core::probe;
use operandi_protocol::{Fault, Uptime};

use crate::{
    Look, Sensor,
    onewire::{OneWire, Rom},
};

const CONVERT: u8 = 0x44;
const READ_SCRATCHPAD: u8 = 0xbe;
/// Milliseconds of a conversion with twelve bits.
const CONVERT_MS: u32 = 750;
/// Reads of a scratchpad whose checksum is wrong.
const TRIES: u32 = 2;

/// The thermometers of one bus.
#[derive(Debug)]
pub struct Ds18b20<P, D> {
    wire: OneWire<P, D>,
    sensors: Vec<(Option<Rom>, probe::Ds18b20)>,
    begun: Result<(), Fault>,
}

impl<P: InputPin + OutputPin, D: DelayNs> Ds18b20<P, D> {
    /// A thermometer alone on its bus: it can be replaced without telling anybody.
    pub fn alone(wire: OneWire<P, D>) -> Self {
        Self {
            wire,
            sensors: Vec::from([(None, probe::Ds18b20::default())]),
            begun: Err(Fault::Warming),
        }
    }

    /// Those with these addresses, in this order.
    pub fn at(wire: OneWire<P, D>, roms: &[Rom]) -> Self {
        let sensor = |rom: &Rom| (Some(*rom), probe::Ds18b20::default());
        Self {
            wire,
            sensors: roms.iter().map(sensor).collect(),
            begun: Err(Fault::Warming),
        }
    }

    fn convert(&mut self) -> Result<(), Fault> {
        self.wire.select(None)?;
        self.wire.write(&[CONVERT])
    }
}

impl<P: InputPin + OutputPin, D: DelayNs> Sensor for Ds18b20<P, D> {
    fn values(&self) -> usize {
        self.sensors.len()
    }

    fn begin(&mut self) -> u32 {
        self.begun = self.convert();
        if self.begun.is_ok() { CONVERT_MS } else { 0 }
    }

    fn read(&mut self, _now: Uptime) -> Look {
        let begun = core::mem::replace(&mut self.begun, Err(Fault::Warming));
        let wire = &mut self.wire;
        let sensors = self.sensors.iter_mut();
        sensors
            .map(|(rom, probe)| {
                begun?;
                let mut told = measure(wire, rom.as_ref(), probe);
                for _ in 1..TRIES {
                    if told != Err(Fault::Checksum) {
                        break;
                    }
                    told = measure(wire, rom.as_ref(), probe);
                }
                told
            })
            .collect()
    }
}

fn measure<P: InputPin + OutputPin, D: DelayNs>(
    wire: &mut OneWire<P, D>,
    rom: Option<&Rom>,
    probe: &mut probe::Ds18b20,
) -> Result<f64, Fault> {
    wire.select(rom)?;
    wire.write(&[READ_SCRATCHPAD])?;
    probe.read(&wire.read()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onewire::testing::{Bus, Chip, rom, scratchpad};

    fn look<P: InputPin + OutputPin, D: DelayNs>(sensor: &mut Ds18b20<P, D>) -> Look {
        sensor.begin();
        sensor.read(Uptime::default())
    }

    #[test]
    fn one_alone_and_two_by_address_are_read() {
        let cold = Chip::new(rom(1), scratchpad(-18 * 16));
        let warm = Chip::new(rom(2), scratchpad(4 * 16 + 1));
        let bus = Bus::new([cold, warm]);
        let mut both = Ds18b20::at(bus.wire(), &[rom(2), rom(1)]);
        assert_eq!(both.values(), 2);
        assert_eq!(both.begin(), CONVERT_MS);
        assert_eq!(both.read(Uptime::default()), [Ok(4.0625), Ok(-18.0)]);
        let conversions: Vec<u32> = bus
            .0
            .borrow()
            .chips
            .iter()
            .map(|chip| chip.conversions)
            .collect();
        assert_eq!(conversions, [1, 1], "one command starts both");

        let bus = Bus::new([Chip::new(rom(3), scratchpad(21 * 16))]);
        assert_eq!(look(&mut Ds18b20::alone(bus.wire())), [Ok(21.0)]);
    }

    #[test]
    fn faults_are_told_by_their_names() {
        let bus = Bus::new([Chip::new(rom(1), scratchpad(85 * 16))]);
        let mut sensor = Ds18b20::alone(bus.wire());
        assert_eq!(sensor.read(Uptime::default()), [Err(Fault::Warming)]);
        assert_eq!(look(&mut sensor), [Err(Fault::PowerOn)]);
        bus.0.borrow_mut().chips[0].scratchpad[8] ^= 1;
        assert_eq!(look(&mut sensor), [Err(Fault::Checksum)]);
        bus.0.borrow_mut().is_short = true;
        assert_eq!(look(&mut sensor), [Err(Fault::Disconnected)]);
        bus.0.borrow_mut().is_short = false;
        let chips = core::mem::take(&mut bus.0.borrow_mut().chips);
        assert_eq!(sensor.begin(), 0);
        assert_eq!(sensor.read(Uptime::default()), [Err(Fault::Disconnected)]);
        bus.0.borrow_mut().chips = chips;
        bus.0.borrow_mut().chips[0].scratchpad = scratchpad(16);
        assert_eq!(look(&mut sensor), [Ok(1.0)]);
        let mut other = Ds18b20::at(bus.wire(), &[rom(9)]);
        assert_eq!(look(&mut other), [Err(Fault::Disconnected)]);
    }
}
