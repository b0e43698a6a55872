// Tier `avx2`: puts the weights of an output into groups whose sums of products fit s16, whatever the activations.
//
// A lane of s16 gets two products of a step. With activations of 0...255 a sum lies within 255 times the sum of the
// negative and 255 times the sum of the positive weights, and 255 * 128 fits s16 on both sides. So a group's positive
// weights may sum up to 128 in each of its two lanes, and its negative ones to -128. A step that does not fit alone is
// split into two steps on the same channels.
#include <string.h>

#include "planes_avx2.h"

#if CK_X86

enum {
  LIMIT = 128,
  ENTRIES = 2 * CK_CHUNK_STEPS,
  TRIES = 48,  ///< looks for a group's steps; 200 would save 2 % of the products and take four times as long
  NONE = -1,
};

/// A step to be put into a group.
typedef struct entry {
  int8_t weights[4];
  uint16_t step;
  int16_t next;   ///< in the order of the demands, largest first
  uint64_t need;  ///< four fields of 16 bits: positive and negative sums of both lanes
} entry;

typedef struct chunk {
  entry entries[ENTRIES];
  int32_t count;
  int16_t first;
} chunk;

static uint64_t need_of(const int8_t *weights) {
  uint16_t sums[4] = {0};
  for (int i = 0; i < 4; i++) {
    if (weights[i] > 0) sums[i / 2 * 2] += (uint16_t)weights[i];
    if (weights[i] < 0) sums[i / 2 * 2 + 1] += (uint16_t)-weights[i];
  }
  return sums[0] | (uint64_t)sums[1] << 16 | (uint64_t)sums[2] << 32 | (uint64_t)sums[3] << 48;
}

/// Whether each field of `need` is at most its field of `room`; fields are below 2^15.
static bool fits(uint64_t need, uint64_t room) {
  const uint64_t borrow = 0x8000800080008000u;
  return (((room | borrow) - need) & borrow) == borrow;
}

static int32_t largest_field(uint64_t need) {
  int32_t largest = 0;
  for (int i = 0; i < 4; i++, need >>= 16) {
    const int32_t field = need & 0xffff;
    if (field > largest) largest = field;
  }
  return largest;
}

static void add_entry(chunk *chunk, const int8_t *weights, int32_t step) {
  entry *entry = &chunk->entries[chunk->count++];
  memcpy(entry->weights, weights, 4);
  entry->step = (uint16_t)step;
  entry->need = need_of(weights);
}

/// Adds a step, as two where the weights of a lane sum to more than the limit.
static void add_step(chunk *chunk, const int8_t *weights, int32_t step) {
  int8_t kept[4], moved[4] = {0};
  memcpy(kept, weights, 4);
  bool any = false, split = false;
  for (int lane = 0; lane < 4; lane += 2) {
    const int32_t a = weights[lane], b = weights[lane + 1], sum = a + b;
    any = any || a || b;
    // Weights of opposite signs do not add up: such a sum is within the limit.
    const int32_t excess = sum > LIMIT ? sum - LIMIT : sum < -LIMIT ? sum + LIMIT : 0;
    moved[lane] = (int8_t)excess;
    kept[lane] = (int8_t)(a - excess);
    split = split || excess;
  }
  if (any) add_entry(chunk, kept, step);
  if (split) add_entry(chunk, moved, step);
}

/// Links the entries, the largest demand first.
static void sort(chunk *chunk) {
  int16_t heads[LIMIT + 1], *tail = &chunk->first;
  for (int32_t i = 0; i <= LIMIT; i++) heads[i] = NONE;
  for (int32_t i = chunk->count - 1; i >= 0; i--) {
    int16_t *head = &heads[largest_field(chunk->entries[i].need)];
    chunk->entries[i].next = *head;
    *head = (int16_t)i;
  }
  for (int32_t i = LIMIT; i >= 0; i--) {
    *tail = heads[i];
    while (*tail != NONE) tail = &chunk->entries[*tail].next;
  }
}

/// Takes entries off the list that fit into one group, the first one and what of the next ones fits beside it; returns
/// how many. Looking at a few only keeps this linear.
static int32_t take_group(chunk *chunk, int16_t *group) {
  const uint64_t full = LIMIT * 0x0001000100010001u;
  uint64_t room = full;
  int32_t count = 0;
  int16_t *link = &chunk->first;
  for (int32_t tries = 0; *link != NONE && count < CK_MOST_GROUP && tries < TRIES; tries++) {
    entry *entry = &chunk->entries[*link];
    if (fits(entry->need, room)) {
      room -= entry->need;
      group[count++] = *link;
      *link = entry->next;
    } else {
      link = &entry->next;
    }
  }
  return count;
}

/// Writes the groups of one chunk; returns the end.
static int8_t *write_chunk(int8_t *packed, chunk *chunk) {
  int16_t groups[ENTRIES][CK_MOST_GROUP], sizes[ENTRIES];
  int32_t count = 0;
  sort(chunk);
  for (; chunk->first != NONE; count++) sizes[count] = (int16_t)take_group(chunk, groups[count]);
  ck_chunk header = {{0}};
  for (int32_t i = 0; i < count; i++) header.groups[CK_MOST_GROUP - sizes[i]]++;
  memcpy(packed, &header, sizeof header);
  packed += sizeof header;
  for (int32_t size = CK_MOST_GROUP; size > 0; size--) {
    for (int32_t i = 0; i < count; i++) {
      if (sizes[i] != size) continue;
      for (int32_t k = 0; k < size; k++, packed += 4) memcpy(packed, chunk->entries[groups[i][k]].weights, 4);
      for (int32_t k = 0; k < size; k++, packed += 2) memcpy(packed, &chunk->entries[groups[i][k]].step, 2);
    }
  }
  return packed;
}

int8_t *ck_pack_output_avx2(int8_t *packed, const int8_t *weights, int32_t steps) {
  for (int32_t first = 0; first < steps; first += CK_CHUNK_STEPS) {
    chunk chunk = {.count = 0, .first = NONE};
    for (int32_t step = first; step < steps && step < first + CK_CHUNK_STEPS; step++) {
      add_step(&chunk, weights + 4 * step, step);
    }
    packed = write_chunk(packed, &chunk);
  }
  return packed;
}

#endif
