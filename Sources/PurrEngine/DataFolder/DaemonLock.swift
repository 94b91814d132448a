internal import Foundation
internal import Glibc

/// Held by the one daemon of a data folder; the kernel lets go of it when the process dies, however it dies.
package final class DaemonLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Takes the lock of a folder.
    ///
    /// - Throws: ``CommandError/Kind/tryLater`` when another process holds it.
    package static func take(of folder: DataFolder) throws(CommandError) -> DaemonLock {
        let descriptor = Glibc.open(folder.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(
                .noPermission, "\(folder.lockPath) cannot be opened: \(String(cString: strerror(errno))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandError(
                .tryLater,
                "Another daemon runs on \(folder.path); stop it first, or name another folder with --data.")
        }
        // For whoever wants to signal it; worth something only while the lock is held.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, text, text.count) }
        return DaemonLock(descriptor: descriptor)
    }
}

extension DataFolder {
    /// Whether a daemon runs on this folder now.
    package var isDaemonRunning: Bool {
        let descriptor = Glibc.open(lockPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // A shared lock: several who ask do not see each other as the daemon.
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// The process of the daemon that runs on this folder now; nil when none does, or it does not say.
    package var daemonProcess: Int32? {
        guard isDaemonRunning, let bytes = FileManager.default.contents(atPath: lockPath) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return Int32(text).flatMap { $0 > 1 ? $0 : nil }
    }
}
