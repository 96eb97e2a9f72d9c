//! Room for pages: a few large stretches of memory instead of very many small pieces.
//!
//! With millions of keys, most of the time of a look-up goes into finding where memory lies: the processor keeps the places
//! of a few thousand stretches of 4 KiB at hand and looks up any other. The large stretches here ask the system for places of
//! 2 MiB, where it knows them. What is given back is wiped, and used again for the next room of its size.

use std::fmt;

/// A room is a multiple of so many bytes: a page grows in place a few times before it moves, and few sizes occur.
const UNIT: usize = 128;

/// Rooms of more units than these are stretches of their own.
const MOST: usize = 64;

/// Bytes of the least and of the largest stretch that holds many rooms, and from which size on the system is asked for
/// large places.
const LEAST: usize = 16 * 1024;
const LARGEST: usize = 32 * 1024 * 1024;
const MAPPED: usize = 4 * 1024 * 1024;

/// Where a page is. Whoever gives one back must not use it again: it may be somebody else's then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    stretch: u32,
    unit: u32,
    units: u32,
}

impl Room {
    /// How many bytes fit.
    pub(super) const fn bytes(self) -> usize {
        self.units as usize * UNIT
    }

    const fn start(self) -> usize {
        self.unit as usize * UNIT
    }
}

/// The stretches, and which rooms in them are free.
#[derive(Default)]
pub(super) struct Arena {
    stretches: Vec<Stretch>,
    /// The free rooms of each number of units.
    free: Vec<Vec<Room>>,
    /// Places in `stretches` that hold nothing.
    vacant: Vec<u32>,
    /// The stretch out of which rooms are cut, and how many units of it are cut off.
    open: Option<(u32, usize)>,
    /// Bytes of all stretches, and of the rooms that are in use.
    held: usize,
    used: usize,
}

enum Stretch {
    None,
    Plain(Box<[u8]>),
    #[cfg(target_os = "linux")]
    Mapped(memmap2::MmapMut),
}

impl Stretch {
    /// So many zero bytes.
    fn new(bytes: usize) -> Self {
        #[cfg(target_os = "linux")]
        if bytes >= MAPPED
            && let Ok(mapped) = memmap2::MmapMut::map_anon(bytes)
        {
            // A wish: without it the same bytes are there, found more slowly.
            let _ = mapped.advise(memmap2::Advice::HugePage);
            return Self::Mapped(mapped);
        }
        Self::Plain(vec![0; bytes].into_boxed_slice())
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::None => &[],
            Self::Plain(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Self::Mapped(bytes) => bytes,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::None => &mut [],
            Self::Plain(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Self::Mapped(bytes) => bytes,
        }
    }
}

impl Arena {
    /// The bytes of a room.
    pub(super) fn get(&self, room: Room) -> &[u8] {
        let stretch = self.stretches.get(room.stretch as usize).map_or(&[][..], Stretch::bytes);
        stretch.get(room.start()..room.start() + room.bytes()).unwrap_or_default()
    }

    /// The same, to be written.
    pub(super) fn get_mut(&mut self, room: Room) -> &mut [u8] {
        let stretch = self.stretches.get_mut(room.stretch as usize).map_or(&mut [][..], Stretch::bytes_mut);
        stretch.get_mut(room.start()..room.start() + room.bytes()).unwrap_or_default()
    }

    /// A room for so many bytes or a few more; what it holds is zero.
    pub(super) fn take(&mut self, bytes: usize) -> Room {
        let units = bytes.div_ceil(UNIT).max(1);
        self.used += units * UNIT;
        if units > MOST {
            return self.stretch_of_its_own(units);
        }
        if let Some(room) = self.free.get_mut(units).and_then(Vec::pop) {
            return room;
        }
        let (stretch, cut) = match self.open {
            Some((stretch, cut)) if self.units_of(stretch) - cut >= units => (stretch, cut),
            open => {
                if let Some((stretch, cut)) = open {
                    self.leave(stretch, cut);
                }
                let bytes = self.held.clamp(LEAST, LARGEST);
                (self.add(bytes), 0)
            }
        };
        self.open = Some((stretch, cut + units));
        room(stretch, cut, units)
    }

    /// Wipes a room and takes it back.
    pub(super) fn give_back(&mut self, room: Room) {
        self.get_mut(room).fill(0);
        let units = room.units as usize;
        self.used -= room.bytes();
        if units > MOST {
            if let Some(stretch) = self.stretches.get_mut(room.stretch as usize) {
                *stretch = Stretch::None;
                self.vacant.push(room.stretch);
                self.held -= room.bytes();
            }
        } else {
            self.keep_free(room);
        }
        if self.used == 0 {
            *self = Self::default();
        }
    }

    /// Whether most of what is held is free, so that moving every page into an arena of its own gives much back.
    pub(super) const fn is_wasteful(&self) -> bool {
        self.held > MAPPED && self.used < self.held / 3
    }

    fn units_of(&self, stretch: u32) -> usize {
        self.stretches.get(stretch as usize).map_or(0, |stretch| stretch.bytes().len() / UNIT)
    }

    /// What is left of a stretch, too little for what was asked, is free for less.
    fn leave(&mut self, stretch: u32, mut cut: usize) {
        while self.units_of(stretch) > cut {
            let units = (self.units_of(stretch) - cut).min(MOST);
            self.keep_free(room(stretch, cut, units));
            cut += units;
        }
    }

    fn keep_free(&mut self, room: Room) {
        self.free.resize_with(MOST + 1, Vec::new);
        if let Some(free) = self.free.get_mut(room.units as usize) {
            free.push(room);
        }
    }

    fn stretch_of_its_own(&mut self, units: usize) -> Room {
        let stretch = self.add(units * UNIT);
        room(stretch, 0, units)
    }

    fn add(&mut self, bytes: usize) -> u32 {
        self.held += bytes;
        let fresh = Stretch::new(bytes);
        if let Some(place) = self.vacant.pop()
            && let Some(stretch) = self.stretches.get_mut(place as usize)
        {
            *stretch = fresh;
            return place;
        }
        self.stretches.push(fresh);
        u32::try_from(self.stretches.len() - 1).unwrap_or(u32::MAX)
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("held", &self.held).field("used", &self.used).finish_non_exhaustive()
    }
}

fn room(stretch: u32, unit: usize, units: usize) -> Room {
    // A stretch of many rooms is far below 2^32 units, and a value has a largest size.
    let count = |units: usize| u32::try_from(units).unwrap_or(u32::MAX);
    Room { stretch, unit: count(unit), units: count(units) }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Compared as a whole, which is fast without an optimising compiler too.
    fn holds(bytes: &[u8], mark: u8) -> bool {
        *bytes == vec![mark; bytes.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn rooms_are_apart_wiped_and_large_enough(
            steps in vec((prop_oneof![6 => 0..3_000_usize, 1 => 8_000..40_000_usize], any::<Option<u16>>()), 1..200),
        ) {
            let mut arena = Arena::default();
            let mut taken: Vec<(Room, u8)> = Vec::new();
            for (number, (bytes, gives_back)) in steps.into_iter().enumerate() {
                if let Some(which) = gives_back && !taken.is_empty() {
                    let (room, _) = taken.swap_remove(usize::from(which) % taken.len());
                    arena.give_back(room);
                }
                let room = arena.take(bytes);
                prop_assert!(room.bytes() >= bytes && room.bytes() < bytes.max(1) + UNIT);
                prop_assert!(arena.get(room).len() == room.bytes() && holds(arena.get(room), 0));
                let mark = u8::try_from(number % 255 + 1).unwrap();
                arena.get_mut(room).fill(mark);
                taken.push((room, mark));
                for (room, mark) in &taken {
                    prop_assert!(holds(arena.get(*room), *mark));
                }
            }
            let used: usize = taken.iter().map(|(room, _)| room.bytes()).sum();
            prop_assert!(arena.used == used && arena.held >= used);
            taken.into_iter().for_each(|(room, _)| arena.give_back(room));
            prop_assert_eq!((arena.held, arena.used, arena.stretches.len()), (0, 0, 0));
        }
    }

    #[test]
    fn a_small_store_asks_for_little_and_a_large_one_for_large_stretches() {
        let mut arena = Arena::default();
        arena.take(100);
        assert_eq!(arena.held, LEAST);
        for _ in 0..100_000 {
            arena.take(1_000);
        }
        assert!(arena.held < 2 * arena.used && arena.stretches.len() < 20, "{arena:?}");
        assert!(!arena.is_wasteful());
    }
}
