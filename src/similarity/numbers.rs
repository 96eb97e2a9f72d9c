//! Numbers and places on the globe.

/// Mean radius of the Earth in kilometres, as record linkage engines take it.
const EARTH: f64 = 6371.0;

/// The absolute difference of two numbers; `None` if either, or the difference, is not finite.
///
/// ```
/// use throughline::similarity::number_difference;
/// assert_eq!(number_difference(41.0, 38.5), Some(2.5));
/// assert_eq!(number_difference(f64::NAN, 1.0), None);
/// ```
#[must_use]
pub fn number_difference(a: f64, b: f64) -> Option<f64> {
    let difference = (a - b).abs();
    (a.is_finite() && b.is_finite() && difference.is_finite()).then_some(difference)
}

/// The absolute difference as a share of the larger magnitude: 0 for equal numbers (also two zeros), 0.5 for 50 and
/// 100, up to 2 for numbers of opposite sign. `None` if either, or the difference, is not finite.
///
/// Splink divides by the larger number, which is the same for positive numbers.
///
/// ```
/// use throughline::similarity::percentage_difference;
/// assert_eq!(percentage_difference(100.0, 50.0), Some(0.5));
/// assert_eq!(percentage_difference(0.0, 0.0), Some(0.0));
/// ```
#[must_use]
pub fn percentage_difference(a: f64, b: f64) -> Option<f64> {
    let difference = number_difference(a, b)?;
    Some(if difference > 0.0 { difference / a.abs().max(b.abs()) } else { 0.0 })
}

/// Great-circle distance in kilometres on a sphere of radius 6371, by the haversine formula.
///
/// Arguments in degrees: latitude and longitude of one place, then of the other. `None` unless both latitudes are within
/// -90 to 90 and both longitudes within -180 to 180.
///
/// ```
/// use throughline::similarity::kilometres;
/// let tehran_to_isfahan = kilometres(35.6892, 51.3890, 32.6539, 51.6660).ok_or("out of range")?;
/// assert!((tehran_to_isfahan - 338.5).abs() < 1.0);
/// assert_eq!(kilometres(91.0, 0.0, 0.0, 0.0), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn kilometres(latitude_1: f64, longitude_1: f64, latitude_2: f64, longitude_2: f64) -> Option<f64> {
    let latitude = |degrees: f64| (-90.0..=90.0).contains(&degrees).then(|| degrees.to_radians());
    let longitude = |degrees: f64| (-180.0..=180.0).contains(&degrees).then(|| degrees.to_radians());
    let (north_1, north_2) = (latitude(latitude_1)?, latitude(latitude_2)?);
    let (east_1, east_2) = (longitude(longitude_1)?, longitude(longitude_2)?);
    let half = |from: f64, to: f64| ((to - from) / 2.0).sin().powi(2);
    let chord = half(north_1, north_2) + north_1.cos() * north_2.cos() * half(east_1, east_2);
    Some(2.0 * EARTH * chord.clamp(0.0, 1.0).sqrt().asin())
}
