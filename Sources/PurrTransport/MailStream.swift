import CCurl
import Glibc
package import PurrMail

/// One verified, authenticated connection to a mail server: bytes in, bytes out.
///
/// libcurl opens it (TLS, certificate, SASL) and then only carries; what is said over it is the
/// caller's. Nothing is written to it by libcurl once it is open, not even at the end.
///
/// `@unchecked`: the handle is used by one call at a time, which the owner sees to; ``cancellation`` is
/// what other threads may touch.
@safe
package final class MailStream: @unchecked Sendable {
    /// The application protocol, which decides how libcurl logs in.
    package enum MailProtocol: String, Sendable {
        case imap, smtp
    }

    /// For waiting elsewhere (``IdleWatch``); never for reading or writing.
    package let socket: Int32
    /// What the server said up to the end of the login, line by line, without line ends.
    package let opening: [String]
    /// Ends every wait of this stream.
    package let cancellation: Cancellation

    private var handle: UnsafeMutableRawPointer?
    /// A write failed: what the other side was to get is incomplete, and nothing may follow it.
    private var isBroken = false

    /// Takes over an open libcurl handle.
    init(handle: UnsafeMutableRawPointer, socket: Int32, opening: [String], cancellation: Cancellation) {
        unsafe self.handle = handle
        self.socket = socket
        self.opening = opening
        self.cancellation = cancellation
    }

    deinit { drop() }

    /// Whether ``drop()`` has not been called and no call has failed.
    package var isOpen: Bool { unsafe handle != nil && !isBroken }

    /// Ends the connection at once, with nothing more sent and nothing waited for.
    ///
    /// Shut down before libcurl cleans up, because that would say `LOGOUT` or `QUIT` and wait for the
    /// answer: up to two minutes on a half-open connection, and in the middle of a message's body.
    package func drop() {
        guard let handle = unsafe handle else { return }
        unsafe self.handle = nil
        _ = shutdown(socket, Int32(SHUT_RDWR))
        unsafe curl_easy_cleanup(handle)
    }

    /// Reads what has come, and waits for at least one byte of it.
    ///
    /// - Parameters:
    ///   - buffer: Where to append.
    ///   - most: The most bytes to append.
    package func read(into buffer: inout [UInt8], atMost most: Int, until deadline: Deadline)
        throws(MailServerFailure)
    {
        while try !readAvailable(into: &buffer, atMost: most) {
            do throws(MailServerFailure) {
                try wait(events: POLLIN, until: deadline)
            } catch {
                drop()
                throw error
            }
        }
    }

    /// Reads what has come, without waiting.
    ///
    /// TLS hands over whole records, so bytes may be here although the socket has none: only `false`
    /// means that waiting on the socket makes sense.
    ///
    /// - Returns: false when there was nothing.
    package func readAvailable(into buffer: inout [UInt8], atMost most: Int) throws(MailServerFailure)
        -> Bool
    {
        guard let handle = unsafe handle else { throw Self.closed }
        if cancellation.isCancelled {
            drop()
            throw Self.cancelled
        }
        var received = 0
        let code = unsafe withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 1) { space in
            let code = unsafe curl_easy_recv(handle, space.baseAddress, min(most, Self.chunk), &received)
            if code == CURLE_OK { unsafe buffer.append(contentsOf: space.prefix(received)) }
            return code
        }
        switch code {
        case CURLE_OK where received > 0: return true
        case CURLE_AGAIN: return false
        case CURLE_OK, CURLE_GOT_NOTHING:
            drop()
            throw MailServerFailure(.unreachable, "The server closed the connection")
        default:
            drop()
            throw MailServerFailure(
                .unreachable, "Reading from the server: \(CurlFailure.sentence(for: code))")
        }
    }

    /// Writes all of `bytes`, or throws.
    ///
    /// After a failure nothing more can be written, but what the server has said can still be read, until
    /// ``drop()``: a server that hangs up in the middle often says why.
    ///
    /// - Parameter handedOver: Told of each stretch as the kernel takes it; on a failure the rest was
    ///   not sent in a form that the server can read, because its TLS record is incomplete.
    package func write(
        _ bytes: UnsafeRawBufferPointer, until deadline: Deadline,
        handedOver: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(MailServerFailure) {
        guard isOpen else { throw Self.closed }
        // Until the last byte has left.
        isBroken = true
        var sent = 0
        while sent < bytes.count {
            guard let handle = unsafe handle else { throw Self.closed }
            if cancellation.isCancelled { throw Self.cancelled }
            var count = 0
            // A repeated call has the same address and length, as OpenSSL demands after a partial write.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let code = unsafe curl_easy_send(handle, rest.baseAddress, rest.count, &count)
            switch code {
            case CURLE_OK where count > 0:
                unsafe handedOver(UnsafeRawBufferPointer(rebasing: rest[..<count]))
                sent += count
            case CURLE_OK, CURLE_AGAIN:
                try wait(events: POLLOUT, until: deadline)
            default:
                throw MailServerFailure(
                    .unreachable, "Writing to the server: \(CurlFailure.sentence(for: code))")
            }
        }
        isBroken = false
    }

    /// Writes all of `bytes`, or throws.
    package func write(_ bytes: [UInt8], until deadline: Deadline) throws(MailServerFailure) {
        let result = unsafe bytes.withUnsafeBytes { (raw) -> Result<Void, MailServerFailure> in
            do throws(MailServerFailure) {
                return .success(unsafe try write(raw, until: deadline))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func wait(events: Int32, until deadline: Deadline) throws(MailServerFailure) {
        switch cancellation.wait(for: socket, events: events, until: deadline) {
        case .ready: return
        case .timedOut:
            throw MailServerFailure(.limit, "The server did not answer in time")
        case .cancelled:
            throw Self.cancelled
        case .failed(let code):
            throw MailServerFailure(.unreachable, "Waiting for the server: error \(code)")
        }
    }

    /// One TLS record's worth.
    private static let chunk = 16_384
    private static let closed = MailServerFailure(.unreachable, "The connection is closed")
    static let cancelled = MailServerFailure(.cancelled, "Shutting down")
}
