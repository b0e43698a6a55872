// The matrix product that training stands on, and how OpenBLAS is made to run it well.
import CBLAS
import Foundation

/// OpenBLAS, called from our own threads, one thread a call.
public enum OpenBLAS {
  /// The variable that names the core type to OpenBLAS; read once, when the library loads.
  static let coreVariable = "OPENBLAS_CORETYPE"

  /// Starts the program again with a better core type where OpenBLAS leaves AVX-512 unused; else does nothing.
  ///
  /// OpenBLAS takes processors that it does not know for older ones: with the kernels for Haswell a core does 60 GMAC/s
  /// where 110 are possible. The core type is chosen when the library loads, so the only remedy from inside is a new
  /// start. Call it first thing in a command: file descriptors and arguments are kept, everything else begins anew. A core
  /// type that the environment names is left alone.
  public static func restartWithBestCore() {
    guard getenv(coreVariable) == nil, !usesAVX512, verge_cpu_has_skylakex() else { return }
    setenv(coreVariable, "SkylakeX", 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    execv("/proc/self/exe", arguments)
    // Still here: the system does not allow it; the run is slower, not wrong.
    unsetenv(coreVariable)
  }

  /// Whether the kernels in use are those of a core with AVX-512.
  private static var usesAVX512: Bool {
    ["skylakex", "cooperlake", "sapphirerapids", "zen4", "zen5"].contains(coreName.lowercased())
  }

  /// The core type that OpenBLAS runs, for logs.
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// Makes OpenBLAS compute on the calling thread only.
  static func useCallingThread() { openblas_set_num_threads(1) }
}

/// A row-major f32 matrix in memory that somebody else owns.
struct Matrix {
  let data: UnsafeMutablePointer<Float>
  /// Floats between the starts of two rows, as they lie in memory.
  let stride: Int
  /// Whether it enters a product with rows and columns changed.
  private(set) var isTransposed = false

  init(_ data: UnsafeMutablePointer<Float>, stride: Int) {
    self.data = data
    self.stride = stride
  }

  var transposed: Matrix {
    var copy = self
    copy.isTransposed.toggle()
    return copy
  }
}

/// `c = a·b + beta·c` with a `[m, k]`, b `[k, n]`, c `[m, n]`, on the calling thread.
func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix, m: Int, n: Int, k: Int, beta: Float = 0) {
  cblas_sgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), 1, a.data, blasint(a.stride), b.data, blasint(b.stride),
    beta, c.data, blasint(c.stride))
}
