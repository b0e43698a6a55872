// The checks of the 3x3 convolutions in the transform domain.
#include "check.h"

/// The channels and size of a layer.
typedef struct shape {
  int32_t height, width;
  int32_t inputs[2];  ///< logical channels; 0 for no second source
  int32_t outputs;
  bool pooled;
} shape;

/// Many channels, up to the most that there may be, and many bands of tiles.
static const shape large_shapes[] = {
    {6, 40, {48, 0}, 48, true},   {5, 7, {1024, 0}, 132, false}, {3, 9, {511, 510}, 5, false},
    {4, 18, {80, 80}, 80, true},  {7, 13, {95, 31}, 260, false}, {2, 100, {24, 24}, 24, true},
    {33, 65, {13, 0}, 11, false}, {2, 1030, {3, 0}, 16, true},
};

/// One layer and how to run it.
typedef struct layer {
  shape shape;
  content what;
  ck_winograd_source sources[2];
  int32_t extra;  ///< bytes between rows
  int32_t row_begin, row_end;
  int32_t cut;         ///< the tile where the first of two pieces ends
  uint8_t zero_point;  ///< of the output
} layer;

/// What a table makes of a layer.
typedef struct outputs {
  guarded_view output, pooled;
} outputs;

static int32_t stored(int32_t channels) { return (channels + 3) / 4 * 4; }

static outputs run_layer(const ck_table *table, const layer *l, const layer_data *data, const guarded_view *sources) {
  const shape *s = &l->shape;
  const int32_t c0 = stored(s->inputs[0]), c1 = stored(s->inputs[1]);
  guarded packed = guarded_make(table->winograd3x3_packed_size(c0, c1, s->outputs), 64);
  table->winograd3x3_pack((int8_t *)packed.base, (const int8_t *)data->weights.base, s->inputs[0], c0, s->inputs[1], c1,
                          s->outputs);
  outputs made = {.output = guarded_view_make(s->height, s->width, s->outputs, l->extra, 0)};
  if (s->pooled) made.pooled = guarded_view_make(s->height / 2, s->width / 2, s->outputs, l->extra, 0);
  ck_winograd_args args = {.conv = {.src = {sources[0].view, sources[1].view},
                                    .weights = (const int8_t *)packed.base,
                                    .bias = (const int32_t *)(const void *)data->bias.base,
                                    .multiplier = (const float *)(const void *)data->multiplier.base,
                                    .in_channels = s->inputs[0],
                                    .out_channels = s->outputs,
                                    .zero_point = l->zero_point,
                                    .dst = made.output.view,
                                    .pooled = made.pooled.view},
                           .source = {l->sources[0], l->sources[1]}};
  const int32_t across = (s->width + 1) / 2;
  const int32_t ends[] = {l->row_begin / 2 * across, l->cut, (l->row_end + 1) / 2 * across};
  for (int i = 0; i < 2; i++) {
    args.tile_begin = ends[i];
    args.tile_end = ends[i + 1];
    table->winograd3x3(&args);
  }
  guarded_free(&packed);
  return made;
}

static void note_layer(check *run, const layer *l, const outputs *expected, const outputs *actual) {
  const shape *s = &l->shape;
  const bool kept = guarded_view_untouched(&expected->output, l->row_begin, l->row_end);
  const ptrdiff_t output = guarded_difference(&expected->output.memory, &actual->output.memory);
  const ptrdiff_t pooled =
      s->pooled ? guarded_difference(&expected->pooled.memory, &actual->pooled.memory) : PTRDIFF_MAX;
  check_note(run, kept && output == PTRDIFF_MAX && pooled == PTRDIFF_MAX,
             "%s, %dx%d %d+%d->%d, zero points %d and %d, rows %d to %d, row gap %d: %s at byte %td",
             content_names[l->what], s->height, s->width, s->inputs[0], s->inputs[1], s->outputs,
             l->sources[0].zero_point, l->sources[1].zero_point, l->row_begin, l->row_end, l->extra,
             !kept                   ? "tier c writes outside of its rows,"
             : output != PTRDIFF_MAX ? "the output differs"
                                     : "the pooled output differs",
             output != PTRDIFF_MAX ? output : pooled);
}

static void check_layer(check *run, const layer *l) {
  const shape *s = &l->shape;
  guarded_view sources[2] = {{.view = {.data = NULL}}, {.view = {.data = NULL}}};
  for (int i = 0; i < 2 && s->inputs[i]; i++) {
    sources[i] = guarded_view_make(s->height, s->width, s->inputs[i], l->extra, 64);
    fill_view(run, &sources[i], l->what, (uint8_t)l->sources[i].zero_point);
  }
  layer_data data = layer_data_make(run, l->what, 16 * (s->inputs[0] + s->inputs[1]), s->outputs);
  outputs expected = run_layer(run->reference, l, &data, sources), actual = run_layer(run->table, l, &data, sources);
  note_layer(run, l, &expected, &actual);
  guarded *const used[] = {&sources[0].memory,      &sources[1].memory,    &expected.output.memory,
                           &expected.pooled.memory, &actual.output.memory, &actual.pooled.memory};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++) guarded_free(used[i]);
  layer_data_free(&data);
}

/// Half of the sources have no negative values. Scales range from those that lose everything to those that clamp most.
static ck_winograd_source draw_source(check *run) {
  ck_winograd_source source = {.zero_point = check_random(run, 2) ? (int32_t)check_random(run, 256) : 0};
  const uint32_t form = check_random(run, 6);
  for (int t = 0; t < 16; t++) {
    source.scale[t] = (int16_t)(form == 0 ? 1 : form == 1 ? INT16_MAX : 4000 + check_random(run, 28768));
  }
  return source;
}

/// A layer of this shape; what else there is to vary is drawn. Rows begin on an even row and end on one or at the
/// height.
static layer draw_layer(check *run, shape shape) {
  const int32_t extras[] = {0, 4, 64, 92};
  const int32_t pairs = (shape.height + 1) / 2;
  const bool all = check_random(run, 2);
  const int32_t begin = all ? 0 : (int32_t)check_random(run, (uint32_t)pairs);
  const int32_t end = 2 * (all ? pairs : begin + 1 + (int32_t)check_random(run, (uint32_t)(pairs - begin)));
  const int32_t across = (shape.width + 1) / 2, tiles = (end / 2 - begin) * across;
  return (layer){.shape = shape,
                 .what = (content)(run->cases % CONTENTS),
                 .sources = {draw_source(run), draw_source(run)},
                 .extra = extras[check_random(run, 4)],
                 .row_begin = 2 * begin,
                 .row_end = end < shape.height ? end : shape.height,
                 .cut = begin * across + (int32_t)check_random(run, (uint32_t)tiles + 1),
                 .zero_point = (uint8_t)(check_random(run, 3) ? 0 : check_random(run, 256))};
}

static void check_small(check *run, int32_t outputs, int32_t inputs, int32_t width) {
  const uint32_t form = check_random(run, 3);
  const bool pooled = form == 2 && width % 2 == 0;
  const layer l = draw_layer(run, (shape){.height = pooled ? 4 : 1 + (int32_t)check_random(run, 6),
                                          .width = width,
                                          .inputs = {inputs, form == 1 ? checked_channels[check_random(run, 9)] : 0},
                                          .outputs = outputs,
                                          .pooled = pooled});
  check_layer(run, &l);
}

void check_winograd3x3(check *run) {
  for (const int32_t *outputs = checked_channels; *outputs; outputs++) {
    for (const int32_t *inputs = checked_channels; *inputs; inputs++) {
      for (const int32_t *width = checked_widths; *width; width++) check_small(run, *outputs, *inputs, *width);
    }
  }
  for (size_t i = 0; i < sizeof large_shapes / sizeof *large_shapes; i++) {
    for (int content = 0; content < CONTENTS; content++) {
      const layer l = draw_layer(run, large_shapes[i]);
      check_layer(run, &l);
    }
  }
}
