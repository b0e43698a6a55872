// The kernels of one tier.
package import CKernels

/// The int8 kernels of one CPU tier, over tensors.
///
/// The methods of the extensions check shapes and hand addresses to C; none of them allocates. Every tier gives the same
/// bytes. A method does a range of rows: disjoint ranges may run on different threads at the same time.
public struct Kernels: @unchecked Sendable {  // a pointer to a constant table
  public let tier: CPUTier
  /// The C functions, for checks and measurements.
  package let table: UnsafePointer<ck_table>

  /// - Throws: `TensorError.unsupportedTier` when this build or this CPU cannot run `tier`.
  public init(tier: CPUTier) throws(TensorError) {
    guard let table = ck_table_for(tier.identifier) else {
      throw .unsupportedTier(tier, supported: CPUTier.supported)
    }
    self.tier = tier
    self.table = table
  }

  /// The kernels of the fastest tier that runs here.
  public static var best: Kernels {
    guard let kernels = try? Kernels(tier: .best) else {  // `best` is a supported tier by its definition
      preconditionFailure("tier c is always there")
    }
    return kernels
  }
}
