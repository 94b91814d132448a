import Glibc
import Synchronization

/// A switch that ends every blocking call it was given to, from any thread, once and for good.
///
/// A pipe whose reading end becomes readable: each `poll` includes it. One switch may serve any number
/// of connections, a mailbox's or a process's.
package final class Cancellation: Sendable {
    private let bell = Bell()
    private let fired = Atomic(false)

    /// Makes one that has not fired.
    package init() {}

    /// Ends what waits now and what begins later.
    package func cancel() {
        guard !fired.exchange(true, ordering: .acquiringAndReleasing) else { return }
        bell.ring()
    }

    package var isCancelled: Bool { fired.load(ordering: .acquiring) }

    /// What came of waiting for a socket.
    enum Readiness { case ready, timedOut, cancelled, failed(Int32) }

    /// Waits until `socket` can be read or written, the deadline passes, or this fires.
    func wait(for socket: Int32, events: Int32, until deadline: Deadline) -> Readiness {
        while true {
            if isCancelled { return .cancelled }
            var polled = [
                pollfd(fd: socket, events: Int16(truncatingIfNeeded: events), revents: 0),
                pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            let count = unsafe poll(&polled, nfds_t(polled.count), deadline.milliseconds)
            if count > 0 {
                if polled[1].revents != 0 { return .cancelled }
                if polled[0].revents != 0 { return .ready }
            } else if count == 0 {
                if deadline.hasPassed { return .timedOut }
            } else if errno != EINTR {
                return .failed(errno)
            }
        }
    }
}
