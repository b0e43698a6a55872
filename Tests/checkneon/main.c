// Checks every kernel of one CPU tier against tier `c`, bit for bit. It needs nothing but C, so that it can be built
// for another processor and run in an emulator; etc/checkneon does. Usage: checkneon [TIER [SEED]]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/// What a CPU without the tier ends with.
enum { NOT_HERE = 3 };

static const char *const tiers[] = {[CK_TIER_C] = "c",
                                    [CK_TIER_AVX2] = "avx2",
                                    [CK_TIER_AVXVNNI] = "avxvnni",
                                    [CK_TIER_AVX512VNNI] = "avx512vnni",
                                    [CK_TIER_NEON] = "neon"};

static const struct {
  const char *name;
  void (*run)(check *run);
} checks[] = {{"conv3x3", check_conv3x3},           {"conv3x3_stride2", check_conv3x3_stride2},
              {"winograd3x3", check_winograd3x3},   {"upconv2x2", check_upconv2x2},
              {"upconv4x4", check_upconv4x4},       {"head_argmax", check_head},
              {"blend_row_u8", check_blend_u8},     {"blend_row_u16", check_blend_u16},
              {"count_labels", check_count_labels}, {"peak", check_peak}};

int main(int count, char **arguments) {
  const char *name = count > 1 ? arguments[1] : "neon";
  int tier = CK_TIER_NEON;
  while (tier > CK_TIER_C && strcmp(tiers[tier], name) != 0) tier--;
  const ck_table *table = ck_table_for((ck_tier)tier);
  if (!table) {
    printf("%s: this CPU or build cannot run it\n", name);
    return NOT_HERE;
  }
  bool failed = false;
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
    check run = {.table = table,
                 .reference = ck_table_for(CK_TIER_C),
                 .random = count > 2 ? strtoull(arguments[2], NULL, 10) : 1};
    checks[i].run(&run);
    printf("%s %s: %d cases, %s\n", tiers[tier], checks[i].name, run.cases, run.failures ? "DIFFERENT" : "equal");
    failed = failed || run.failures;
  }
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
