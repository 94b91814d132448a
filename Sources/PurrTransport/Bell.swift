import Glibc

/// A pipe that wakes a thread out of `poll`.
final class Bell: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// Makes one; without a free descriptor it never rings, and waits end at their deadlines.
    init() {
        var ends: [Int32] = [-1, -1]
        let isMade = unsafe pipe(&ends) == 0
        (readEnd, writeEnd) = isMade ? (ends[0], ends[1]) : (-1, -1)
        guard isMade else { return }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        guard readEnd >= 0 else { return }
        Glibc.close(readEnd)
        Glibc.close(writeEnd)
    }

    /// Makes ``readEnd`` readable.
    ///
    /// A full pipe rings already.
    func ring() {
        var byte: UInt8 = 1
        if writeEnd >= 0 { _ = unsafe write(writeEnd, &byte, 1) }
    }

    /// Takes back all rings so far.
    func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while readEnd >= 0, unsafe read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
