package mesh

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// idleProxySettings are the fields of the settings of a proxy that change neither what istiod sends to it nor which connections it
// gets: they are about the process, its start and end, and what it observes.
var idleProxySettings = []string{
	"concurrency", "holdApplicationUntilProxyStarts", "terminationDrainDuration", "drainDuration", "parentShutdownDuration", "statusPort", "image",
	"tracing", "zipkinAddress", "statsdUdpAddress", "envoyAccessLogService", "envoyMetricsService", "proxyStatsMatcher", "extraStatTags", "statNameLength",
	"readinessProbe", "binaryPath", "configPath", "serviceCluster", "meshId", "availabilityZone", "proxyAdminPort", "discoveryAddress", "fileFlushInterval",
	"fileFlushMinSizeKb", "statsCompression", "controlPlaneAuthPolicy",
}

// nodeMetadata begins the names of environment variables that become metadata of the proxy's node.
const nodeMetadata = "ISTIO_META_"

// ProxySettingsAct reports whether the text of a proxy.istio.io/config annotation sets anything that may change which requests go where.
func ProxySettingsAct(text string) bool {
	docs, problems := source.Parse(&source.File{Name: "proxy.istio.io/config", Data: []byte(text)})
	if len(problems) > 0 {
		return true
	}
	return slices.ContainsFunc(docs, func(d *source.Document) bool {
		return settingsAct(d.Root)
	})
}

// ProxyConfigActs reports whether a ProxyConfig sets anything that may change which requests go where.
func ProxyConfigActs(o *config.Object) bool {
	return o.Doc == nil || settingsAct(o.Doc.Lookup("spec"))
}

func settingsAct(settings *source.Node) bool {
	return settings != nil && slices.ContainsFunc(settings.Fields, func(f source.Field) bool {
		if f.Key == "proxyMetadata" || f.Key == "environmentVariables" {
			return setsMetadata(f.Value)
		}
		return f.Key != "selector" && !slices.Contains(idleProxySettings, f.Key)
	})
}

func setsMetadata(variables *source.Node) bool {
	return slices.ContainsFunc(variables.Fields, func(f source.Field) bool { return strings.HasPrefix(f.Key, nodeMetadata) })
}
