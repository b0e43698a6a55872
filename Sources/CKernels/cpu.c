// Which tiers this CPU and its operating system can run.
#include "tables.h"
#include "train.h"

#if CK_X86
#include <cpuid.h>

/// The register states that the operating system saves, XCR0; 0 when it saves none.
static uint32_t saved_states(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return a;
}

/// Leaf 7: EBX and ECX name the extensions asked about here.
static bool has_extensions(uint32_t ebx, uint32_t ecx) {
  uint32_t a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & ebx) == ebx && (c & ecx) == ecx;
}

static bool has_avx2(void) {
  const uint32_t xmm_ymm = 0x6;
  return (saved_states() & xmm_ymm) == xmm_ymm && has_extensions(bit_AVX2, 0);
}

/// AVX2 and, from the second page of leaf 7, the dot product in its VEX form.
static bool has_avxvnni(void) {
  uint32_t a, b, c, d;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bit_AVXVNNI);
}

/// AVX-512 F, BW, DQ and VL.
static bool has_avx512(void) {
  const uint32_t xmm_ymm_opmask_zmm = 0xe6;
  const uint32_t ebx = bit_AVX2 | bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  return (saved_states() & xmm_ymm_opmask_zmm) == xmm_ymm_opmask_zmm && has_extensions(ebx, 0);
}

static bool has_avx512vnni(void) { return has_avx512() && has_extensions(0, bit_AVX512VNNI); }

/// Fused multiply-add, leaf 1.
static bool has_fma(void) {
  uint32_t a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_FMA);
}

/// Products of bf16, from the second page of leaf 7.
static bool has_avx512bf16(void) {
  uint32_t a, b, c, d;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bit_AVX512BF16);
}

bool ck_train_supported(ck_train_tier tier, ck_real real) {
  switch (tier) {
    case CK_TRAIN_TIER_C:
      return true;
    case CK_TRAIN_TIER_AVX2:
      return real == CK_REAL_F32 && has_avx2() && has_fma();
    case CK_TRAIN_TIER_AVX512:
      return has_avx512() && has_fma() && (real == CK_REAL_F32 || has_avx512bf16());
    default:
      return false;
  }
}

bool ck_tier_supported(ck_tier tier) {
  switch (tier) {
    case CK_TIER_C:
      return true;
    case CK_TIER_AVX2:
      return has_avx2();
    case CK_TIER_AVXVNNI:
      return has_avxvnni();
    case CK_TIER_AVX512VNNI:
      return has_avx512vnni();
    default:
      return false;
  }
}

#elif CK_NEON && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

bool ck_tier_supported(ck_tier tier) {
  return tier == CK_TIER_C || (tier == CK_TIER_NEON && (getauxval(AT_HWCAP) & HWCAP_ASIMDDP));
}

#else

bool ck_tier_supported(ck_tier tier) { return tier == CK_TIER_C; }

#endif

#if !CK_X86

bool ck_train_supported(ck_train_tier tier, ck_real real) {
  (void)real;
  return tier == CK_TRAIN_TIER_C;
}

#endif
