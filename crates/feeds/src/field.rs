//! The 89 fields of an event in `IntelMQ`'s data format (IDF), each with its type and what it may hold besides.
//! Source: the harmonisation file of `IntelMQ` 3.5.0 (names and types are facts of the format).

/// What a field holds. These are IDF's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, trimmed.
    Text,
    /// Text in small letters.
    Lower,
    /// Text in capital letters.
    Upper,
    /// Bytes in Base64.
    Base64,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A finite number.
    Float,
    /// A percentage, 0 to 100.
    Accuracy,
    /// A number of an autonomous system, 1 to 2^32-1.
    Asn,
    /// A moment, UTC.
    Time,
    /// A domain name in ASCII.
    Fqdn,
    /// An IP address.
    Ip,
    /// A network in CIDR notation.
    Network,
    /// A URL with a host.
    Url,
    /// JSON as text.
    Json,
    /// A JSON object.
    JsonDict,
    /// A regional internet registry.
    Registry,
    /// A label of the traffic light protocol, version 1 or 2.
    Tlp,
    /// A taxonomy of RSIT.
    Taxonomy,
    /// A type of RSIT, or one of the five beside it.
    Type,
    /// Anything.
    Generic,
}

impl Kind {
    /// By the name that IDF's documents use, such as `IPAddress`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        NAMED
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, kind)| *kind)
    }

    /// All types with their names in IDF's documents.
    #[must_use]
    pub const fn all() -> &'static [(&'static str, Self)] {
        NAMED
    }
}

const NAMED: &[(&str, Kind)] = &[
    ("ASN", Kind::Asn),
    ("Accuracy", Kind::Accuracy),
    ("Base64", Kind::Base64),
    ("Boolean", Kind::Boolean),
    ("ClassificationTaxonomy", Kind::Taxonomy),
    ("ClassificationType", Kind::Type),
    ("DateTime", Kind::Time),
    ("FQDN", Kind::Fqdn),
    ("Float", Kind::Float),
    ("GenericType", Kind::Generic),
    ("IPAddress", Kind::Ip),
    ("IPNetwork", Kind::Network),
    ("Integer", Kind::Integer),
    ("JSON", Kind::Json),
    ("JSONDict", Kind::JsonDict),
    ("LowercaseString", Kind::Lower),
    ("Registry", Kind::Registry),
    ("String", Kind::Text),
    ("TLP", Kind::Tlp),
    ("URL", Kind::Url),
    ("UppercaseString", Kind::Upper),
];

/// What a field's clean value must be besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing more.
    Any,
    /// Two letters or digits.
    Country,
    /// A protocol of IANA's list, by its short name.
    Transport,
    /// critical, high, medium, low, info or undefined.
    Severity,
    /// 36 characters of a UUID.
    Uuid,
    /// At most 40 of `0-9A-F./`.
    Hash,
    /// 0 to 65,535.
    Port,
    /// Printable ASCII, at most so many characters.
    Printable(usize),
    /// At most so many characters.
    Chars(usize),
}

macro_rules! fields {
    ($($name:ident = $text:literal, $kind:ident, $rule:expr;)*) => {
        /// A field of an event. In the order of their names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        const TABLE: &[(Field, &str, Kind, Rule)] = {
            use Rule::{Any, Chars, Country, Hash, Port, Printable, Severity, Transport, Uuid};
            &[$((Field::$name, $text, Kind::$kind, $rule),)*]
        };
    };
}

fields! {
    ClassificationIdentifier = "classification.identifier", Text, Any;
    ClassificationTaxonomy = "classification.taxonomy", Taxonomy, Any;
    ClassificationType = "classification.type", Type, Any;
    Comment = "comment", Text, Any;
    Constituency = "constituency", Text, Any;
    DestinationAbuseContact = "destination.abuse_contact", Lower, Any;
    DestinationAccount = "destination.account", Text, Any;
    DestinationAllocated = "destination.allocated", Time, Any;
    DestinationAsName = "destination.as_name", Text, Any;
    DestinationAsn = "destination.asn", Asn, Any;
    DestinationDomainSuffix = "destination.domain_suffix", Fqdn, Any;
    DestinationFqdn = "destination.fqdn", Fqdn, Any;
    DestinationGeolocationCc = "destination.geolocation.cc", Upper, Country;
    DestinationGeolocationCity = "destination.geolocation.city", Text, Any;
    DestinationGeolocationCountry = "destination.geolocation.country", Text, Any;
    DestinationGeolocationLatitude = "destination.geolocation.latitude", Float, Any;
    DestinationGeolocationLongitude = "destination.geolocation.longitude", Float, Any;
    DestinationGeolocationRegion = "destination.geolocation.region", Text, Any;
    DestinationGeolocationState = "destination.geolocation.state", Text, Any;
    DestinationIp = "destination.ip", Ip, Any;
    DestinationLocalHostname = "destination.local_hostname", Text, Any;
    DestinationLocalIp = "destination.local_ip", Ip, Any;
    DestinationNetwork = "destination.network", Network, Any;
    DestinationPort = "destination.port", Integer, Port;
    DestinationRegistry = "destination.registry", Registry, Any;
    DestinationReverseDns = "destination.reverse_dns", Fqdn, Any;
    DestinationTorNode = "destination.tor_node", Boolean, Any;
    DestinationUrl = "destination.url", Url, Any;
    DestinationUrlpath = "destination.urlpath", Text, Any;
    EventDescriptionTarget = "event_description.target", Text, Any;
    EventDescriptionText = "event_description.text", Text, Any;
    EventDescriptionUrl = "event_description.url", Url, Any;
    EventHash = "event_hash", Upper, Hash;
    Extra = "extra", JsonDict, Any;
    FeedAccuracy = "feed.accuracy", Accuracy, Any;
    FeedCode = "feed.code", Text, Chars(100);
    FeedDocumentation = "feed.documentation", Text, Any;
    FeedName = "feed.name", Text, Any;
    FeedProvider = "feed.provider", Text, Any;
    FeedUrl = "feed.url", Url, Any;
    MalwareHashMd5 = "malware.hash.md5", Text, Printable(200);
    MalwareHashSha1 = "malware.hash.sha1", Text, Printable(200);
    MalwareHashSha256 = "malware.hash.sha256", Text, Printable(200);
    MalwareName = "malware.name", Lower, Printable(usize::MAX);
    MalwareVersion = "malware.version", Text, Printable(usize::MAX);
    MispAttributeUuid = "misp.attribute_uuid", Lower, Uuid;
    MispEventUuid = "misp.event_uuid", Lower, Uuid;
    Output = "output", Json, Any;
    ProductFullName = "product.full_name", Text, Any;
    ProductName = "product.name", Lower, Any;
    ProductVendor = "product.vendor", Lower, Any;
    ProductVersion = "product.version", Lower, Any;
    ProductVulnerabilities = "product.vulnerabilities", Lower, Any;
    ProtocolApplication = "protocol.application", Lower, Printable(100);
    ProtocolTransport = "protocol.transport", Lower, Transport;
    Raw = "raw", Base64, Any;
    RtirId = "rtir_id", Integer, Any;
    ScreenshotUrl = "screenshot_url", Url, Any;
    Severity = "severity", Lower, Severity;
    SourceAbuseContact = "source.abuse_contact", Lower, Any;
    SourceAccount = "source.account", Text, Any;
    SourceAllocated = "source.allocated", Time, Any;
    SourceAsName = "source.as_name", Text, Any;
    SourceAsn = "source.asn", Asn, Any;
    SourceDomainSuffix = "source.domain_suffix", Fqdn, Any;
    SourceFqdn = "source.fqdn", Fqdn, Any;
    SourceGeolocationCc = "source.geolocation.cc", Upper, Country;
    SourceGeolocationCity = "source.geolocation.city", Text, Any;
    SourceGeolocationCountry = "source.geolocation.country", Text, Any;
    SourceGeolocationCymruCc = "source.geolocation.cymru_cc", Upper, Country;
    SourceGeolocationGeoipCc = "source.geolocation.geoip_cc", Upper, Country;
    SourceGeolocationLatitude = "source.geolocation.latitude", Float, Any;
    SourceGeolocationLongitude = "source.geolocation.longitude", Float, Any;
    SourceGeolocationRegion = "source.geolocation.region", Text, Any;
    SourceGeolocationState = "source.geolocation.state", Text, Any;
    SourceIp = "source.ip", Ip, Any;
    SourceLocalHostname = "source.local_hostname", Text, Any;
    SourceLocalIp = "source.local_ip", Ip, Any;
    SourceNetwork = "source.network", Network, Any;
    SourcePort = "source.port", Integer, Port;
    SourceRegistry = "source.registry", Registry, Any;
    SourceReverseDns = "source.reverse_dns", Fqdn, Any;
    SourceTorNode = "source.tor_node", Boolean, Any;
    SourceUrl = "source.url", Url, Any;
    SourceUrlpath = "source.urlpath", Text, Any;
    Status = "status", Text, Any;
    TimeObservation = "time.observation", Time, Any;
    TimeSource = "time.source", Time, Any;
    Tlp = "tlp", Tlp, Any;
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = TABLE.len();

    /// All of them, in the order of their names.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(field, ..)| *field)
    }

    /// By its name in IDF, such as `source.ip`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let at = TABLE
            .binary_search_by(|(_, own, ..)| (*own).cmp(name))
            .ok()?;
        TABLE.get(at).map(|(field, ..)| *field)
    }

    fn row(self) -> Option<&'static (Self, &'static str, Kind, Rule)> {
        TABLE.get(usize::from(self as u8))
    }

    /// Its name in IDF.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |(_, name, ..)| name)
    }

    /// Its type.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.row().map_or(Kind::Generic, |(_, _, kind, _)| *kind)
    }

    /// What its value must be besides.
    #[must_use]
    pub fn rule(self) -> Rule {
        self.row().map_or(Rule::Any, |(.., rule)| *rule)
    }

    /// Its bit in a set of fields.
    #[must_use]
    pub const fn bit(self) -> u128 {
        1 << (self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name() {
        assert_eq!(Field::COUNT, 89);
        for field in Field::all() {
            assert_eq!(Field::by_name(field.name()), Some(field));
        }
        assert_eq!(Field::by_name("source.nope"), None);
        assert_eq!(Kind::all().len(), 21);
    }
}
