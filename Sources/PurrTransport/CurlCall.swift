import CCurl

/// One blocking call of libcurl: its handle, and what the callbacks see meanwhile.
///
/// Lives on the stack of that call; libcurl holds an unretained pointer to it no longer than the call runs.
protocol CurlCall: AnyObject {
    var handle: UnsafeMutableRawPointer { get }
    var cancellation: Cancellation { get }
}

extension CurlCall {
    /// What libcurl is given as the context of its callbacks.
    var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    /// The call that a callback's context stands for.
    static func at(_ context: UnsafeMutableRawPointer?) -> Self {
        guard let context = unsafe context else { preconditionFailure("libcurl lost a callback's context") }
        return unsafe Unmanaged<Self>.fromOpaque(context).takeUnretainedValue()
    }

    /// Believes only a server whose chain and name can be verified, over TLS 1.2 or newer.
    ///
    /// - Parameter caFile: A private authority; nil for those of the machine.
    func verifyServer(caFile: String?) {
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let caFile {
            set(CURLOPT_CAINFO, caFile)
            set(CURLOPT_CAPATH, nil)
        } else if let authorities = CurlLibrary.authorities {
            set(CURLOPT_CAINFO, nil)
            set(CURLOPT_CAPATH, authorities)
        }
    }

    func setLimit(_ deadline: Deadline) {
        let milliseconds = Int(max(deadline.milliseconds, 1))
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
    }

    func set(_ option: CURLoption, _ value: Int) {
        let code = unsafe purr_curl_set_long(handle, option, value)
        precondition(code == CURLE_OK, "libcurl does not know an option that it was built with")
    }

    func set(_ option: CURLoption, _ value: String?) {
        guard let value else {
            unsafe purr_curl_set_string(handle, option, nil)
            return
        }
        unsafe value.withCString { unsafe _ = purr_curl_set_string(handle, option, $0) }
    }
}
