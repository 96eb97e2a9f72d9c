//! A simulated disk that can lose its power.
//!
//! It keeps, for every 512-byte sector and for its length, what is surely stored and each state since the last sync.
//! When the power goes, every sector lands on any one of its states, independently of all others: unsynced writes are
//! lost, torn between sectors and reordered.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(unreachable_pub, reason = "shared by tests")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helper of tests")]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

const SECTOR: usize = 512;

/// The SplitMix64 generator (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

#[derive(Debug)]
struct Medium {
    /// What a program reads now.
    seen: Vec<u8>,
    /// What is stored for sure.
    synced: Vec<u8>,
    /// The states of each sector since the last sync, oldest first.
    sectors: BTreeMap<usize, Vec<Vec<u8>>>,
    /// The lengths since the last sync, oldest first.
    lengths: Vec<usize>,
    /// Changes and syncs until the power goes; `None` for never.
    left: Option<u64>,
    off: bool,
    /// How often it was synced.
    syncs: usize,
    /// Whether it says that it has synced without doing so.
    lies: bool,
}

#[derive(Debug, Clone)]
pub struct Disk(Arc<Mutex<Medium>>);

impl Disk {
    /// A disk with this content and so many changes and syncs until the power goes.
    pub fn new(image: Vec<u8>, left: Option<u64>, lies: bool) -> Self {
        Self(Arc::new(Mutex::new(Medium {
            seen: image.clone(),
            synced: image,
            sectors: BTreeMap::new(),
            lengths: Vec::new(),
            left,
            off: false,
            syncs: 0,
            lies,
        })))
    }

    pub fn is_off(&self) -> bool {
        self.0.lock().unwrap().off
    }

    /// What a program would read now.
    pub fn image(&self) -> Vec<u8> {
        self.0.lock().unwrap().seen.clone()
    }

    /// How often it was synced.
    pub fn syncs(&self) -> usize {
        self.0.lock().unwrap().syncs
    }

    /// How many changes and syncs to allow from now on before the power goes.
    pub fn arm(&self, left: u64) {
        self.0.lock().unwrap().left = Some(left);
    }

    /// What is on the disk when the power is back.
    pub fn after_power_loss(&self, random: &mut Random) -> Vec<u8> {
        let mut medium = self.0.lock().unwrap();
        medium.off = true;
        let mut image = medium.synced.clone();
        // Sometimes nothing or everything arrives; mostly each sector has its own fate.
        let fate = random.below(8);
        let mut pick = |states: usize| match fate {
            0 => 0,
            1 => states,
            _ => usize::try_from(random.below(states as u64 + 1)).unwrap(),
        };
        let length = match pick(medium.lengths.len()) {
            0 => image.len(),
            chosen => medium.lengths[chosen - 1],
        };
        image.resize(length, 0);
        for (sector, states) in &medium.sectors {
            let start = sector * SECTOR;
            if let chosen @ 1.. = pick(states.len())
                && start < length
            {
                let end = length.min(start + SECTOR);
                image[start..end].copy_from_slice(&states[chosen - 1][..end - start]);
            }
        }
        image
    }
}

impl Medium {
    /// Whether the power goes during this operation.
    fn step(&mut self) -> io::Result<bool> {
        if self.off {
            return Err(io::Error::other("no power"));
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
            self.off = *left == 0;
        }
        Ok(self.off)
    }
}

pub fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        let medium = self.0.lock().unwrap();
        if medium.off { Err(io::Error::other("no power")) } else { Ok(medium.seen.len() as u64) }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let medium = self.0.lock().unwrap();
        if medium.off {
            return Err(io::Error::other("no power"));
        }
        let from = place(offset);
        let bytes =
            medium.seen.get(from..from + out.len()).ok_or_else(|| io::Error::other("behind the end"))?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut medium = self.0.lock().unwrap();
        let off = medium.step()?;
        medium.seen.resize(place(len), 0);
        // Bytes cut off do not come back with a later growth.
        let cut = place(len).div_ceil(SECTOR);
        medium.sectors.retain(|sector, _| *sector < cut);
        medium.lengths.push(place(len));
        if off { Err(io::Error::other("power lost")) } else { Ok(()) }
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut medium = self.0.lock().unwrap();
        if medium.step()? {
            return Err(io::Error::other("power lost"));
        }
        medium.syncs += 1;
        if medium.lies {
            return Ok(());
        }
        let Medium { seen, synced, sectors, lengths, .. } = &mut *medium;
        if lengths.is_empty() {
            for sector in sectors.keys() {
                let end = seen.len().min((sector + 1) * SECTOR);
                synced[sector * SECTOR..end].copy_from_slice(&seen[sector * SECTOR..end]);
            }
        } else {
            synced.clone_from(seen);
        }
        sectors.clear();
        lengths.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut medium = self.0.lock().unwrap();
        let off = medium.step()?;
        let (from, to) = (place(offset), place(offset) + data.len());
        if to > medium.seen.len() {
            medium.seen.resize(to, 0);
            medium.lengths.push(to);
        }
        medium.seen[from..to].copy_from_slice(data);
        for sector in from / SECTOR..to.div_ceil(SECTOR) {
            let end = medium.seen.len().min((sector + 1) * SECTOR);
            let mut state = medium.seen[sector * SECTOR..end].to_vec();
            state.resize(SECTOR, 0);
            medium.sectors.entry(sector).or_default().push(state);
        }
        if off { Err(io::Error::other("power lost")) } else { Ok(()) }
    }
}
