//! A listener for devices that speak MQTT.
