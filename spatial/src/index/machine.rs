//! What only the processor's own instructions can do: telling it what will be read soon, and four edges at a time.
//!
//! The one module of the index with `unsafe`. Everything here has a safe twin: without prefetching the same is read, only
//! later, and [`super::lanes::marks_anywhere`] marks the same edges (a test holds that). On other processors than x86-64
//! the twins do all the work.
#![expect(
    unsafe_code,
    reason = "prefetching and vector loads have no safe form; `cargo bench --bench index` has the gain"
)]

use super::lanes::{Marks, Segment};

/// Words of a line of the cache.
const LINE: usize = 16;

/// Soon `count` words from `at` on will be read.
#[inline]
pub fn soon(words: &[u32], at: usize, count: usize) {
    for word in words[at.min(words.len())..].iter().take(count).step_by(LINE) {
        hint(word);
    }
}

/// Soon this will be read.
#[inline]
pub fn hint<T>(what: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the address is that of a live reference, and a prefetch of any address has no effect but on the cache.
    unsafe {
        std::arch::x86_64::_mm_prefetch(std::ptr::from_ref(what).cast::<i8>(), std::arch::x86_64::_MM_HINT_T0);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = what;
}

/// Soon all of this will be read.
#[inline]
pub fn hint_all<T>(what: &T) {
    hint_up_to(what, size_of::<T>());
}

/// Soon the first `bytes` of this will be read.
#[inline]
pub fn hint_up_to<T>(what: &T, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    for offset in (0..size_of::<T>().min(bytes)).step_by(LINE * size_of::<u32>()) {
        // SAFETY: the address lies within a live reference's value, and a prefetch has no effect but on the cache.
        unsafe {
            let line = std::ptr::from_ref(what).cast::<i8>().add(offset);
            std::arch::x86_64::_mm_prefetch(line, std::arch::x86_64::_MM_HINT_T0);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (what, bytes);
}

/// [`super::lanes::marks_anywhere`] four edges at a time; `None` if this processor cannot.
#[inline]
pub fn marks(segment: Segment, xs: &[u32], ys: &[u32], edges: usize) -> Option<Marks> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return Some(unsafe { by_fours(segment, xs, ys, edges) });
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (segment, xs, ys, edges);
    None
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn by_fours(segment: Segment, xs: &[u32], ys: &[u32], edges: usize) -> Marks {
    use std::arch::x86_64::*;
    let load = |words: &[u32; 4], less: __m256d| {
        // SAFETY: four words are 16 readable bytes, and the load asks for no alignment.
        let words = unsafe { _mm_loadu_si128(words.as_ptr().cast()) };
        _mm256_sub_pd(_mm256_cvtepi32_pd(words), less)
    };
    let set = |value: f64| _mm256_set1_pd(value);
    let (start_x, start_y, width, height) = (set(segment.x), set(segment.y), set(segment.width), set(segment.height));
    let nought = _mm256_setzero_pd();
    let less = |a: __m256d, b: __m256d| _mm256_sub_pd(a, b);
    let area = |ax: __m256d, ay: __m256d, bx: __m256d, by: __m256d| less(_mm256_mul_pd(ax, by), _mm256_mul_pd(ay, bx));
    let left = |side: __m256d| _mm256_cmp_pd::<_CMP_GT_OQ>(side, nought);
    let on = |side: __m256d| _mm256_cmp_pd::<_CMP_EQ_OQ>(side, nought);
    let bits = |lanes: __m256d| _mm256_movemask_pd(lanes) as u64;
    let mut marks = Marks::default();
    for at in (0..edges.min(super::lanes::MOST)).step_by(4) {
        let (Some(first_x), Some(next_x)) = (xs[at..].first_chunk(), xs[at + 1..].first_chunk()) else { break };
        let (Some(first_y), Some(next_y)) = (ys[at..].first_chunk(), ys[at + 1..].first_chunk()) else { break };
        let (x, y) = (load(first_x, start_x), load(first_y, start_y));
        let (next_x, next_y) = (load(next_x, start_x), load(next_y, start_y));
        let side = area(width, height, x, y);
        let next_side = area(width, height, next_x, next_y);
        let from = area(x, y, next_x, next_y);
        let to = less(from, less(next_side, side));
        let ends = _mm256_xor_pd(left(from), left(to));
        let vertices = _mm256_xor_pd(left(side), left(next_side));
        let tied = _mm256_or_pd(_mm256_or_pd(on(from), on(to)), _mm256_or_pd(on(side), on(next_side)));
        marks.crossed |= bits(_mm256_and_pd(ends, vertices)) << at;
        marks.tied |= bits(tied) << at;
    }
    marks
}
