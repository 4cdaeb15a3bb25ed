//! What a customer hears on hold: two soft notes and a short rest, so that the line never seems dead.

const RATE_HZ: u32 = 8_000;
const NOTES_HZ: [f64; 2] = [392.0, 523.25];
/// Each note swells and fades within this.
const NOTE_MS: u32 = 1_200;
const REST_MS: u32 = 600;
const LOUDNESS: f64 = 2_400.0;

/// Shape: a WAV file, mono, 16 bits, 8 kHz; three seconds to be played again and again.
pub fn hold_tone() -> Vec<u8> {
    let note = NOTE_MS * RATE_HZ / 1_000;
    let mut samples: Vec<i16> = Vec::new();
    for hz in NOTES_HZ {
        samples.extend((0..note).map(|at| {
            let swell = (std::f64::consts::PI * f64::from(at) / f64::from(note)).sin();
            let wave = (std::f64::consts::TAU * hz * f64::from(at) / f64::from(RATE_HZ)).sin();
            (LOUDNESS * swell * wave) as i16
        }));
    }
    samples.resize(samples.len() + (REST_MS * RATE_HZ / 1_000) as usize, 0);
    wav(&samples)
}

fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(samples.len() * 2 + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(bytes + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE_HZ.to_le_bytes());
    file.extend_from_slice(&(RATE_HZ * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}
