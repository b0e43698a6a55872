// Tier `avx2`: convolutions, patch by patch.
#include "patch_avx2.h"

#if CK_X86

enum {
  PLANES = 9 * 8 * CK_MOST_CHANNELS,  ///< bytes: a window of each lane
  PREFERRED = 96 << 10,               ///< bytes of planes that leave room for weights in the second-level cache
  FIRST_LEVEL = 40 << 10,
};

static const ck_window window3x3 = {3, 1, -1}, window3x3_stride2 = {3, 2, -1}, window1x1 = {1, 1, 0};

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t divided_up(int32_t n, int32_t by) { return (n + by - 1) / by; }

/// How a rectangle of outputs is cut into runs for lanes.
typedef struct cut {
  int32_t run, height;     ///< of a lane's rectangle
  int32_t across, groups;  ///< runs beside each other, and below each other
} cut;

static cut make_cut(int32_t run, int32_t height, int32_t width, int32_t rows) {
  return (cut){run, height, divided_up(width, run), divided_up(rows, height)};
}

/// About the cycles of a cut, per 4 source channels; 0 when its planes do not fit. Few outputs make copying the source
/// matter, small pictures the lanes that are left over.
static int64_t cost(const cut *cut, const ck_window *window, int32_t channels, int32_t outputs) {
  const int64_t columns = ck_extent(window, cut->run), rows = ck_extent(window, cut->height);
  const int64_t row_bytes = 8 * channels * columns;
  if (rows * row_bytes > (cut->run * cut->height == 1 ? PLANES : PREFERRED)) return 0;
  // Each weight is read once per patch and broadcast once per row.
  const int64_t products = (int64_t)window->taps * window->taps * outputs * (cut->height * (10 * cut->run + 6) + 6);
  // What one row of outputs reads over and over should stay in the first-level cache.
  const int64_t slow = window->taps * row_bytes > FIRST_LEVEL ? products / 12 : 0;
  return divided_up(cut->across * cut->groups, 8) * (products + slow + 20 * columns * rows);
}

static cut best_cut(const ck_window *window, int32_t channels, int32_t outputs, int32_t width, int32_t rows) {
  cut best = {0};
  int64_t least_cost = 0;
  for (int32_t run = 1; run <= least(width, CK_TILE_VECTORS); run++) {
    for (int32_t height = 1; height <= least(rows, 8); height++) {
      const cut candidate = make_cut(run, height, width, rows);
      const int64_t candidate_cost = cost(&candidate, window, channels, outputs);
      if (!candidate_cost || (least_cost && candidate_cost >= least_cost)) continue;
      best = candidate;
      least_cost = candidate_cost;
    }
  }
  return best;
}

/// All outputs of a patch; `scale` is 2 for a transposed convolution, which has scale * scale places.
static void do_patch(const ck_conv_args *args, const ck_patch *patch, const int32_t *offsets, int32_t channels,
                     int32_t scale) {
  const ck_view *dst = &args->dst;
  const int32_t steps = patch->window.taps * patch->window.taps * channels / 4;
  const ptrdiff_t row_size = (ptrdiff_t)8 * channels * ck_extent(&patch->window, patch->run);
  uint8_t *lanes[8];
  for (int i = 0; i < 8; i++) lanes[i] = ck_pixel(dst, scale * patch->y[i], scale * patch->x[i]);
  const int8_t *weights = args->weights;
  for (int32_t place = 0; place < scale * scale; place++) {
    for (int32_t o = 0; o < dst->channels; o += 8) {
      const int8_t *end = weights;
      for (int32_t row = 0; row < patch->height; row++) {
        const ck_tile tile = {patch->planes + patch->window.stride * row * row_size, offsets, steps, args->zero_point};
        uint8_t codes[8][CK_TILE_PIXELS];
        end = ck_tile_avx2(&tile, patch->run, weights, args->bias + o, args->multiplier + o, codes);
        const ptrdiff_t to = (scale * row + place / 2) * dst->row_stride + place % 2 * dst->channels + o;
        ck_patch_store(patch->run, codes, lanes, to, (ptrdiff_t)scale * dst->channels, least(8, dst->channels - o));
      }
      weights = end;
    }
  }
}

/// Rows begin..<end of `width` outputs, of each place.
static void do_rows(const ck_conv_args *args, const ck_window *window, int32_t begin, int32_t end, int32_t width,
                    int32_t scale) {
  const int32_t channels = args->src[0].channels + (args->src[1].data ? args->src[1].channels : 0);
  const cut cut = best_cut(window, channels, scale * scale * args->dst.channels, width, end - begin);
  _Alignas(64) uint8_t planes[PLANES];
  int32_t offsets[9 * CK_MOST_CHANNELS / 4];
  ck_patch patch = {.window = *window, .run = cut.run, .height = cut.height, .planes = planes};
  ck_patch_offsets(&patch, channels / 4, offsets);
  for (int32_t first = 0; first < cut.across * cut.groups; first += 8) {
    for (int32_t i = 0; i < 8; i++) {
      // Rectangles at the ends reach back over outputs that are done, and lanes that are left over do the last again:
      // these get the same codes once more.
      const int32_t number = least(first + i, cut.across * cut.groups - 1);
      patch.y[i] = least(begin + number / cut.across * cut.height, end - cut.height);
      patch.x[i] = least(number % cut.across * cut.run, width - cut.run);
    }
    ck_patch_fill(&patch, args->src);
    do_patch(args, &patch, offsets, channels, scale);
  }
}

/// The rows of args, `width` outputs each, in bands that pooling finds in the cache.
static void do_bands(const ck_conv_args *args, const ck_window *window, int32_t width, int32_t scale) {
  const int32_t band = 32;
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    do_rows(args, window, begin, end, width, scale);
    if (!args->pooled.data) continue;
    for (int32_t y = begin / 2; y < end / 2; y++) ck_pool_row_avx2(args, y, 0, args->dst.channels);
  }
}

void ck_conv3x3_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels + (args->src[1].data ? args->src[1].channels : 0) > CK_MOST_CHANNELS) {
    ck_conv3x3_u8s8_c(args);
    return;
  }
  do_bands(args, &window3x3, args->dst.width, 1);
}

void ck_conv3x3_stride2_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels > CK_MOST_CHANNELS) {
    ck_conv3x3_stride2_u8s8_c(args);
    return;
  }
  do_bands(args, &window3x3_stride2, args->dst.width, 1);
}

/// All places of a transposed convolution, each of which reads the window's pixels.
static void do_places(const ck_conv_args *args, const ck_window *window) {
  ck_conv_args one = *args;
  one.src[1].data = NULL;
  one.pooled.data = NULL;
  do_bands(&one, window, args->src[0].width, 2);
}

void ck_upconv2x2_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels > CK_MOST_CHANNELS) {
    ck_upconv2x2_u8s8_c(args);
    return;
  }
  do_places(args, &window1x1);
}

void ck_upconv4x4_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels > CK_MOST_CHANNELS) {
    ck_upconv4x4_u8s8_c(args);
    return;
  }
  do_places(args, &window3x3);
}

#endif
