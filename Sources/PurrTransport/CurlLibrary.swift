import CCurl
import Glibc

/// The process-wide state of libcurl.
enum CurlLibrary {
    /// Initialised once, by the first use; `curl_global_init` itself is not safe to race.
    ///
    /// libcurl's own protection against `SIGPIPE` is off with `CURLOPT_NOSIGNAL`, which threads need.
    static let isReady: Bool = {
        _ = signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    /// The system's folder of authorities, by hash, or nil where there is none.
    ///
    /// OpenSSL reads from such a folder only the one authority it needs. The bundle, libcurl's default,
    /// is read and kept whole for every connection.
    static let authorities: String? = {
        guard let version = unsafe curl_version_info(CURLVERSION_LAST),
            let path = unsafe version.pointee.capath,
            let folder = unsafe opendir(path)
        else { return nil }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name.hasSuffix(".0") { return unsafe String(cString: path) }
        }
        return nil
    }()
}
