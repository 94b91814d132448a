/// Programs that fetch mail pictures and links without a person.
///
/// Gmail's and Yahoo's picture proxies are not among them: they ask when the person looks, and are told
/// from prefetching by the delay.
enum KnownAgents {
    static func reason(for agent: String) -> FilterReason? {
        let folded = agent.lowercased()
        // Apple Mail Privacy Protection sends nothing but this.
        if folded == "mozilla/5.0" { return .privacyProxy }
        return scanners.contains { folded.contains($0) } ? .scanner : nil
    }

    /// Products that follow links before delivery, as their makers name them; crawlers; libraries.
    private static let scanners = [
        "barracuda", "mimecast", "proofpoint", "symantec", "messagelabs", "trendmicro", "trend micro",
        "sophos",
        "fireeye", "forcepoint", "ironport", "avanan", "safelinks", "bitdefender", "fortinet", "fortimail",
        "zscaler", "checkpoint", "cloudmark", "mailguard", "spamhaus", "kaspersky", "virustotal", "urlscan",
        "scanner", "crawler", "spider", "bot/", "bot ", "bot;", "bot)", "preview", "headless", "phantomjs",
        "selenium",
        "python-", "curl/", "wget/", "go-http-client", "libwww-perl", "java/", "okhttp",
        "apache-httpclient",
        "node-fetch", "axios/", "ruby", "winhttp",
    ]
}
