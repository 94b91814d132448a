import Glibc

/// Pages of the process that are in memory.
package enum ResidentPages {
    /// Lets go of a mapping of a file that nothing was written to.
    ///
    /// What is used again is mapped again, from the page cache mostly (`madvise(2)`, `MADV_DONTNEED`).
    ///
    /// - Parameters:
    ///   - start: As `/proc/self/maps` has it.
    ///   - length: In bytes.
    package static func release(from start: UInt, length: UInt) {
        guard let address = unsafe UnsafeMutableRawPointer(bitPattern: start) else { return }
        // The caller names a clean mapping: nothing is lost, and a failure changes nothing.
        unsafe _ = madvise(address, Int(length), MADV_DONTNEED)
    }
}
