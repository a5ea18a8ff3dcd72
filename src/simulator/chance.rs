//! Chance that can be repeated: whatever a fault leaves to chance comes out of one seed, which the page shows and sets.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// A generator that survives a restart where it stood.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chance {
    /// What it began with: the same calls after the same seed meet the same chances.
    seed: u32,
    state: u64,
}

impl Chance {
    pub fn from_seed(seed: u32) -> Chance {
        Chance { seed, state: u64::from(seed) }
    }

    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// Whether one of the `per_cent` cases of a hundred has come.
    pub fn hits(&mut self, per_cent: u8) -> bool {
        self.draw(|rng| rng.u8(0..100)) < per_cent
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        self.draw(|rng| rng.shuffle(list));
    }

    fn draw<T>(&mut self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        let mut rng = Rng::with_seed(self.state);
        let drawn = draw(&mut rng);
        self.state = rng.get_seed();
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_meets_the_same_chances_also_after_a_restart() {
        let rolls = |mut chance: Chance| (0..200).map(|_| chance.hits(30)).collect::<Vec<_>>();
        assert_eq!(rolls(Chance::from_seed(7)), rolls(Chance::from_seed(7)));
        assert_ne!(rolls(Chance::from_seed(7)), rolls(Chance::from_seed(8)));
        let mut early = Chance::from_seed(7);
        let first: Vec<bool> = (0..100).map(|_| early.hits(30)).collect();
        let kept = serde_json::from_str(&serde_json::to_string(&early).unwrap()).unwrap();
        assert_eq!([first, rolls(kept)[..100].to_vec()].concat(), rolls(Chance::from_seed(7)));
    }

    #[test]
    fn thirty_per_cent_are_about_thirty_of_a_hundred() {
        let mut chance = Chance::from_seed(1);
        let hits = (0..10_000).filter(|_| chance.hits(30)).count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
        assert!((0..1_000).all(|_| chance.hits(100) && !chance.hits(0)));
    }
}
