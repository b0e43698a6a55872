// The checks of the frame path's loops, and of the peak.
#include <string.h>

#include "check.h"

static const uint32_t counts[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 130, 1000};
enum { COUNTS = sizeof counts / sizeof *counts, ROUNDS = 12 };

/// A blend for each label, some of which leave the sample as it is.
typedef struct blend {
  uint16_t keep[256];
  uint32_t add[256];
} blend;

static void draw_blend(check *run, blend *table, uint32_t most) {
  for (uint32_t label = 0; label < 256; label++) {
    // Opaque and clear ones, and the brightest colour, are where the bytes of an entry carry over.
    const uint32_t alpha = label % 4 == 3 ? 0 : check_random(run, 8) ? check_random(run, 257) : 256;
    const uint32_t colour = check_random(run, 8) ? check_random(run, most + 1) : most;
    table->keep[label] = (uint16_t)(256 - alpha);
    table->add[label] = colour * alpha + 128;
  }
}

/// Labels as pictures have them, runs of a few, or labels below `classes`, or of all 256, by turns.
static guarded draw_labels(check *run, uint32_t count, uint32_t round) {
  const guarded labels = guarded_make(count, 1);
  const uint32_t bounds[] = {3, 16, 17, 34, 64, 256}, bound = bounds[round % 6];
  for (uint32_t i = 0; i < count; i++) {
    const bool repeat = round % 2 == 0 && i % 23;
    labels.base[i] = repeat ? labels.base[i - 1] : (uint8_t)check_random(run, bound);
  }
  return labels;
}

typedef void blend_function(const ck_table *table, void *dst, const void *src, const uint8_t *labels,
                            const blend *colours, size_t count);

static void blend_u8(const ck_table *table, void *dst, const void *src, const uint8_t *labels, const blend *colours,
                     size_t count) {
  table->blend_row_u8(dst, src, labels, colours->keep, colours->add, count);
}

static void blend_u16(const ck_table *table, void *dst, const void *src, const uint8_t *labels, const blend *colours,
                      size_t count) {
  table->blend_row_u16(dst, src, labels, colours->keep, colours->add, count);
}

/// Source samples of `bytes` bytes, none above `most`.
static guarded draw_samples(check *run, uint32_t count, size_t bytes, uint32_t most) {
  const guarded samples = guarded_make(count * bytes, 1);
  for (uint32_t i = 0; i < count; i++) {
    const uint16_t sample = (uint16_t)(check_random(run, 8) ? check_random(run, most + 1) : most);
    if (bytes == 1) samples.base[i] = (uint8_t)sample;
    if (bytes == 2) memcpy(samples.base + 2 * i, &sample, 2);
  }
  return samples;
}

/// One row from one place to another, and the same in place.
static void check_blend(check *run, blend_function *function, size_t bytes, uint32_t most, uint32_t count,
                        uint32_t round) {
  blend colours;
  draw_blend(run, &colours, most);
  guarded labels = draw_labels(run, count, round), source = draw_samples(run, count, bytes, most);
  guarded expected = guarded_make(count * bytes, 1), actual = guarded_make(count * bytes, 1);
  function(run->reference, expected.base, source.base, labels.base, &colours, count);
  function(run->table, actual.base, source.base, labels.base, &colours, count);
  const ptrdiff_t apart = guarded_difference(&expected, &actual);
  function(run->table, source.base, source.base, labels.base, &colours, count);
  const ptrdiff_t in_place = guarded_difference(&expected, &source);
  check_note(run, apart == PTRDIFF_MAX && in_place == PTRDIFF_MAX, "%u samples up to %u%s: byte %td differs", count,
             most, apart == PTRDIFF_MAX ? ", in place" : "", apart == PTRDIFF_MAX ? in_place : apart);
  guarded *const used[] = {&labels, &source, &expected, &actual};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++) guarded_free(used[i]);
}

void check_blend_u8(check *run) {
  for (uint32_t i = 0; i < COUNTS * ROUNDS; i++) check_blend(run, blend_u8, 1, 255, counts[i / ROUNDS], i % ROUNDS);
}

void check_blend_u16(check *run) {
  const uint32_t depths[] = {10, 12, 16};
  for (uint32_t i = 0; i < COUNTS * ROUNDS; i++) {
    const uint32_t most = (1u << depths[i / COUNTS % 3]) - 1;
    check_blend(run, blend_u16, 2, most, counts[i / ROUNDS], i % ROUNDS);
  }
}

void check_count_labels(check *run) {
  for (uint32_t i = 0; i < COUNTS * ROUNDS; i++) {
    const uint32_t count = counts[i / ROUNDS];
    guarded labels = draw_labels(run, count, i % ROUNDS);
    uint32_t expected[256], actual[256];
    for (uint32_t k = 0; k < 256; k++) expected[k] = actual[k] = 3 * k;
    run->reference->count_labels(expected, labels.base, count);
    run->table->count_labels(actual, labels.base, count);
    check_note(run, memcmp(expected, actual, sizeof expected) == 0, "%u labels: the counts differ", count);
    guarded_free(&labels);
  }
}

void check_peak(check *run) {
  const int64_t one = run->table->peak(1);
  check_note(run, one > 0 && run->table->peak(1000) == 1000 * one, "the peak miscounts its multiply-accumulates");
}
