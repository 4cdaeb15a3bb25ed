//! The two laws of G.711: North America and Japan speak μ-law, the rest of the world A-law.

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// How samples are coded on the wire, eight bits each at 8 kHz.
///
/// Source: ITU-T G.711. Twilio itself sends μ-law; carriers that speak its protocol name the other one in `start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Law {
    #[default]
    Mu,
    A,
}

impl Law {
    /// The law of an encoding as `mediaFormat` names it.
    pub(super) fn named(encoding: &str) -> Option<Self> {
        match encoding {
            "audio/x-mulaw" => Some(Self::Mu),
            "audio/x-alaw" => Some(Self::A),
            _ => None,
        }
    }

    pub(super) fn decode(self, byte: u8) -> i16 {
        match self {
            Self::Mu => decode_ulaw(byte),
            Self::A => decode_alaw(byte),
        }
    }

    pub(super) fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Mu => encode_ulaw(sample),
            Self::A => encode_alaw(sample),
        }
    }

    /// The byte for a sample of zero.
    pub(super) const fn silence(self) -> u8 {
        match self {
            Self::Mu => 0xff,
            Self::A => 0xd5,
        }
    }
}
