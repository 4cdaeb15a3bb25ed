//! Stereo recordings, caller left and agent right, on a thread of their own.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::domain::values::CallId;

/// Blocks of one second from all calls that may wait for the disk. When full, the new block is lost and counted.
const BLOCKS_WAITING_MAX: usize = 2_048;

/// The header hound writes for 16-bit PCM.
const WAV_HEADER_BYTES: u64 = 44;

enum Order {
    Begin {
        call: CallId,
        rate_hz: u32,
    },
    Block {
        call: CallId,
        samples: Vec<i16>,
    },
    /// Silences the caller's side between two stereo samples.
    Mask {
        call: CallId,
        from: u64,
        to: u64,
    },
    Finish {
        call: CallId,
    },
    Discard {
        call: CallId,
    },
}

/// The recording thread and its folder. Dropping it finishes every open file.
pub struct Recorder {
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
    folder: PathBuf,
}

impl Recorder {
    /// Starts recording into `folder`, which is created if it is missing.
    pub fn start(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (orders, receiver) = sync_channel(BLOCKS_WAITING_MAX);
        let writer = Writer { folder: folder.to_path_buf(), files: BTreeMap::new() };
        let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || writer.serve(&receiver))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), folder: folder.to_path_buf() })
    }

    /// Begins the recording of a call at `rate_hz`.
    pub fn open(&self, call: CallId, rate_hz: u32) -> Option<Recording> {
        let orders = self.orders.clone()?;
        orders.try_send(Order::Begin { call, rate_hz }).ok()?;
        let block = rate_hz as usize * 2;
        Some(Recording {
            call,
            orders,
            block: Vec::with_capacity(block),
            block_samples: block,
            written: 0,
            is_on: true,
        })
    }

    /// Where a call's finished recording lies.
    pub fn path(&self, call: CallId) -> PathBuf {
        self.folder.join(format!("{call}.wav"))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The recording of one call. Dropping it finishes the file.
pub struct Recording {
    call: CallId,
    orders: SyncSender<Order>,
    block: Vec<i16>,
    block_samples: usize,
    /// Stereo samples handed over or waiting in `block`.
    written: u64,
    is_on: bool,
}

impl Recording {
    /// Takes 20 ms of both sides; a missing or shorter side is silence.
    pub fn push(&mut self, frame: usize, caller: Option<&[i16]>, agent: Option<&[i16]>) {
        if !self.is_on {
            return;
        }
        let sample = |side: Option<&[i16]>, index: usize| side.and_then(|s| s.get(index)).copied().unwrap_or(0);
        for index in 0..frame {
            self.block.push(sample(caller, index));
            self.block.push(sample(agent, index));
        }
        self.written += frame as u64;
        if self.block.len() >= self.block_samples {
            self.hand_over();
        }
    }

    /// Silences the caller's side of the last `frames` frames.
    pub fn mask_last(&mut self, samples: u64) {
        if !self.is_on {
            return;
        }
        self.hand_over();
        let from = self.written.saturating_sub(samples);
        self.order(Order::Mask { call: self.call, from, to: self.written });
    }

    /// Stops and deletes what was recorded.
    pub fn discard(&mut self) {
        if self.is_on {
            self.is_on = false;
            self.block = Vec::new();
            self.order(Order::Discard { call: self.call });
        }
    }

    fn hand_over(&mut self) {
        if !self.block.is_empty() {
            let samples = std::mem::replace(&mut self.block, Vec::with_capacity(self.block_samples));
            self.order(Order::Block { call: self.call, samples });
        }
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            metrics::counter!("doorstep_recording_blocks_lost_total").increment(1);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.is_on {
            self.hand_over();
            self.order(Order::Finish { call: self.call });
        }
    }
}

struct OpenFile {
    wav: hound::WavWriter<BufWriter<File>>,
    path: PathBuf,
}

struct Writer {
    folder: PathBuf,
    files: BTreeMap<CallId, OpenFile>,
}

impl Writer {
    fn serve(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            let call = match &order {
                Order::Begin { call, .. }
                | Order::Block { call, .. }
                | Order::Mask { call, .. }
                | Order::Finish { call }
                | Order::Discard { call } => *call,
            };
            if let Err(error) = self.carry_out(order) {
                metrics::counter!("doorstep_recording_failures_total").increment(1);
                tracing::warn!(%call, %error, "a recording could not be written; check the disk of recordings.dir");
            }
        }
        for file in std::mem::take(&mut self.files).into_values() {
            drop(file.wav.finalize());
        }
    }

    fn carry_out(&mut self, order: Order) -> Result<(), hound::Error> {
        match order {
            Order::Begin { call, rate_hz } => {
                let spec = hound::WavSpec {
                    channels: 2,
                    sample_rate: rate_hz,
                    bits_per_sample: 16,
                    sample_format: hound::SampleFormat::Int,
                };
                let path = self.folder.join(format!("{call}.wav"));
                let wav = hound::WavWriter::create(&path, spec)?;
                self.files.insert(call, OpenFile { wav, path });
            }
            Order::Block { call, samples } => {
                let Some(file) = self.files.get_mut(&call) else { return Ok(()) };
                let count = u32::try_from(samples.len()).unwrap_or(0);
                let mut writer = file.wav.get_i16_writer(count);
                for sample in samples {
                    writer.write_sample(sample);
                }
                writer.flush()?;
                // Brings the header up to date, so that a crash loses one second at most.
                file.wav.flush()?;
            }
            Order::Mask { call, from, to } => {
                let Some(file) = self.files.get_mut(&call) else { return Ok(()) };
                file.wav.flush()?;
                silence_left(&file.path, from, to)?;
            }
            Order::Finish { call } => {
                if let Some(file) = self.files.remove(&call) {
                    file.wav.finalize()?;
                }
            }
            Order::Discard { call } => {
                if let Some(file) = self.files.remove(&call) {
                    drop(file.wav);
                    std::fs::remove_file(&file.path)?;
                }
            }
        }
        Ok(())
    }
}

/// Overwrites the left channel between two stereo samples of a 16-bit WAV file.
fn silence_left(path: &Path, from: u64, to: u64) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    for sample in from..to {
        file.seek(SeekFrom::Start(WAV_HEADER_BYTES + sample * 4))?;
        file.write_all(&[0, 0])?;
    }
    Ok(())
}
