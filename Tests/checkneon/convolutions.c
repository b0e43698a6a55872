// The checks of the 3x3 convolutions and of the transposed convolutions.
#include "check.h"

typedef enum kind { CONV3X3, CONV3X3_STRIDE2, UPCONV2X2, UPCONV4X4 } kind;

/// Products per pixel of an output (upconv: of the source) for each pair of channels.
static const int32_t kind_taps[] = {9, 9, 4, 16};

/// One layer and how to run it.
typedef struct layer {
  kind kind;
  content what;
  int32_t height, width;  ///< of the output; of the source for upconv
  int32_t inputs[2];      ///< logical channels; 0 for no second source
  int32_t outputs;
  bool pooled;
  int32_t extra;  ///< bytes between rows
  int32_t row_begin, row_end;
  uint8_t zero_point;  ///< of the output
} layer;

/// What a table makes of a layer.
typedef struct outputs {
  guarded_view output, pooled;
} outputs;

static int32_t stored(int32_t channels) { return (channels + 3) / 4 * 4; }

static guarded pack(const ck_table *table, const layer *l, const layer_data *data) {
  const int8_t *weights = (const int8_t *)data->weights.base;
  const int32_t c0 = stored(l->inputs[0]), c1 = stored(l->inputs[1]);
  const guarded packed = guarded_make(l->kind == UPCONV2X2   ? table->upconv2x2_packed_size(c0, l->outputs)
                                      : l->kind == UPCONV4X4 ? table->upconv4x4_packed_size(c0, l->outputs)
                                                             : table->conv3x3_packed_size(c0, c1, l->outputs),
                                      64);
  int8_t *to = (int8_t *)packed.base;
  if (l->kind == UPCONV2X2) {
    table->upconv2x2_pack(to, weights, l->inputs[0], c0, l->outputs);
  } else if (l->kind == UPCONV4X4) {
    table->upconv4x4_pack(to, weights, l->inputs[0], c0, l->outputs);
  } else {
    table->conv3x3_pack(to, weights, l->inputs[0], c0, l->inputs[1], c1, l->outputs);
  }
  return packed;
}

static outputs make_outputs(const layer *l) {
  const int32_t factor = l->kind >= UPCONV2X2 ? 2 : 1;
  outputs made = {.output = guarded_view_make(factor * l->height, factor * l->width, l->outputs, l->extra, 0)};
  if (l->pooled) made.pooled = guarded_view_make(l->height / 2, l->width / 2, l->outputs, l->extra, 0);
  return made;
}

static outputs run_layer(const ck_table *table, const layer *l, const layer_data *data, const guarded_view *sources) {
  guarded packed = pack(table, l, data);
  const outputs made = make_outputs(l);
  const ck_conv_args args = {.src = {sources[0].view, sources[1].view},
                             .weights = (const int8_t *)packed.base,
                             .bias = (const int32_t *)(const void *)data->bias.base,
                             .multiplier = (const float *)(const void *)data->multiplier.base,
                             .in_channels = l->inputs[0],
                             .out_channels = l->outputs,
                             .zero_point = l->zero_point,
                             .dst = made.output.view,
                             .pooled = made.pooled.view,
                             .row_begin = l->row_begin,
                             .row_end = l->row_end};
  void (*const kernels[])(const ck_conv_args *) = {table->conv3x3, table->conv3x3_stride2, table->upconv2x2,
                                                   table->upconv4x4};
  kernels[l->kind](&args);
  guarded_free(&packed);
  return made;
}

static void note_layer(check *run, const layer *l, const outputs *expected, const outputs *actual) {
  const int32_t factor = l->kind >= UPCONV2X2 ? 2 : 1;
  const bool kept = guarded_view_untouched(&expected->output, factor * l->row_begin, factor * l->row_end);
  const ptrdiff_t output = guarded_difference(&expected->output.memory, &actual->output.memory);
  const ptrdiff_t pooled =
      l->pooled ? guarded_difference(&expected->pooled.memory, &actual->pooled.memory) : PTRDIFF_MAX;
  check_note(run, kept && output == PTRDIFF_MAX && pooled == PTRDIFF_MAX,
             "%s, %dx%d %d+%d->%d, rows %d to %d, row gap %d: %s at byte %td", content_names[l->what], l->height,
             l->width, l->inputs[0], l->inputs[1], l->outputs, l->row_begin, l->row_end, l->extra,
             !kept                   ? "tier c writes outside of its rows,"
             : output != PTRDIFF_MAX ? "the output differs"
                                     : "the pooled output differs",
             output != PTRDIFF_MAX ? output : pooled);
}

static void check_layer(check *run, const layer *l) {
  const int32_t factor = l->kind == CONV3X3_STRIDE2 ? 2 : 1, taps = kind_taps[l->kind];
  const uint8_t zero_point = (uint8_t)(l->what == UNIFORM || l->what == ZERO_POINT ? check_random(run, 256) : 0);
  guarded_view sources[2] = {{.view = {.data = NULL}}, {.view = {.data = NULL}}};
  for (int i = 0; i < 2 && l->inputs[i]; i++) {
    sources[i] = guarded_view_make(factor * l->height, factor * l->width, l->inputs[i], l->extra, 64);
    fill_view(run, &sources[i], l->what, zero_point);
  }
  layer_data data = layer_data_make(run, l->what, taps * (l->inputs[0] + l->inputs[1]), l->outputs);
  outputs expected = run_layer(run->reference, l, &data, sources), actual = run_layer(run->table, l, &data, sources);
  note_layer(run, l, &expected, &actual);
  guarded *const used[] = {&sources[0].memory,      &sources[1].memory,    &expected.output.memory,
                           &expected.pooled.memory, &actual.output.memory, &actual.pooled.memory};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++) guarded_free(used[i]);
  layer_data_free(&data);
}

/// A layer of these channels and width; what else there is to vary is drawn.
static layer draw_layer(check *run, kind kind, int32_t inputs, int32_t outputs, int32_t width) {
  const int32_t extras[] = {0, 4, 64, 92};
  const uint32_t form = kind == CONV3X3 ? check_random(run, 3) : 0;
  const bool pooled = form == 2 && width % 2 == 0;
  const int32_t unit = pooled ? 2 : 1, height = pooled ? 4 : 3;
  const bool all = check_random(run, 2);
  const int32_t begin = all ? 0 : (int32_t)check_random(run, (uint32_t)(height / unit)) * unit;
  return (layer){
      .kind = kind,
      .what = (content)(run->cases % CONTENTS),
      .height = height,
      .width = width,
      .inputs = {inputs, form == 1 ? checked_channels[check_random(run, 9)] : 0},
      .outputs = outputs,
      .pooled = pooled,
      .extra = extras[check_random(run, 4)],
      .row_begin = begin,
      .row_end = all ? height : begin + unit + (int32_t)check_random(run, (uint32_t)((height - begin) / unit)) * unit,
      .zero_point = (uint8_t)(check_random(run, 3) ? 0 : check_random(run, 256))};
}

static void check_kind(check *run, kind kind) {
  for (const int32_t *outputs = checked_channels; *outputs; outputs++) {
    for (const int32_t *inputs = checked_channels; *inputs; inputs++) {
      for (const int32_t *width = checked_widths; *width; width++) {
        const layer l = draw_layer(run, kind, *inputs, *outputs, *width);
        check_layer(run, &l);
      }
    }
  }
}

void check_conv3x3(check *run) { check_kind(run, CONV3X3); }

void check_conv3x3_stride2(check *run) { check_kind(run, CONV3X3_STRIDE2); }

void check_upconv2x2(check *run) { check_kind(run, UPCONV2X2); }

void check_upconv4x4(check *run) { check_kind(run, UPCONV4X4); }
