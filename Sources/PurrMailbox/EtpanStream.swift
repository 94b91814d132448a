import CEtpan
import Glibc
import PurrMail

/// The other end of a stream that libetpan reads and writes: where its bytes come from and go to.
protocol EtpanPeer: AnyObject {
    /// Fills the beginning of `space` and returns how much; never 0.
    func supply(_ space: UnsafeMutableRawBufferPointer) throws(MailServerFailure) -> Int
    /// Takes all of `bytes`, or throws.
    func accept(_ bytes: UnsafeRawBufferPointer) throws(MailServerFailure)
}

/// A `mailstream` whose driver is ours, so that libetpan opens no connection and sees no TLS.
///
/// Must outlive the libetpan session that it was given to: the session's last breath goes through it.
@safe
final class EtpanStream {
    private let peer: any EtpanPeer
    /// What ended the conversation, since C can only be told that something did.
    private(set) var failure: MailServerFailure?
    private var isDetached = false

    init(peer: any EtpanPeer) { self.peer = peer }

    /// From now on nothing is read or written: libetpan says `LOGOUT` or `QUIT` when it is freed.
    func detach() { isDetached = true }

    /// A new `mailstream`, owned by the session that it is given to.
    func makeStream() -> UnsafeMutablePointer<mailstream>? {
        let data = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard let low = unsafe mailstream_low_new(data, Self.driver) else { return nil }
        guard let stream = unsafe mailstream_new(low, Self.bufferSize) else {
            unsafe mailstream_low_free(low)
            return nil
        }
        return unsafe stream
    }

    /// One TLS record's worth for each direction.
    private static let bufferSize = 16_384

    private func read(_ space: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        guard !isDetached, failure == nil, let space = unsafe space else { return -1 }
        do throws(MailServerFailure) {
            return unsafe try peer.supply(UnsafeMutableRawBufferPointer(start: space, count: count))
        } catch {
            failure = error
            return -1
        }
    }

    private func write(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        guard !isDetached, failure == nil, let bytes = unsafe bytes else { return -1 }
        do throws(MailServerFailure) {
            unsafe try peer.accept(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        } catch {
            failure = error
            return -1
        }
    }

    private static func at(_ low: UnsafeMutablePointer<mailstream_low>?) -> EtpanStream? {
        guard let data = unsafe low?.pointee.data else { return nil }
        return unsafe Unmanaged<EtpanStream>.fromOpaque(data).takeUnretainedValue()
    }

    /// libetpan's table of functions, made once and never freed.
    ///
    /// `nonisolated(unsafe)`: written before its first use, and only read from then on.
    private nonisolated(unsafe) static let driver: UnsafeMutablePointer<mailstream_low_driver> = {
        let driver = UnsafeMutablePointer<mailstream_low_driver>.allocate(capacity: 1)
        unsafe driver.initialize(
            to: mailstream_low_driver(
                mailstream_read: { unsafe EtpanStream.at($0)?.read($1, $2) ?? -1 },
                mailstream_write: { unsafe EtpanStream.at($0)?.write($1, $2) ?? -1 },
                mailstream_close: { _ in 0 },
                mailstream_get_fd: { _ in -1 },
                mailstream_free: { unsafe free($0) },
                mailstream_cancel: nil,
                mailstream_get_cancel: { _ in nil },
                mailstream_get_certificate_chain: { _ in nil },
                mailstream_setup_idle: { _ in -1 },
                mailstream_unsetup_idle: { _ in -1 },
                mailstream_interrupt_idle: { _ in -1 }))
        return unsafe driver
    }()
}
