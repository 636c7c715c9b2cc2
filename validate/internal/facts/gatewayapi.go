package facts

// GatewayAPI is the API group of the Gateway API, which is before the kinds of its objects.
const GatewayAPI = "gateway.networking.k8s.io"

// ExperimentalGatewayAPI is the API group of the kinds of the Gateway API that are experiments.
const ExperimentalGatewayAPI = "gateway.networking.x-k8s.io"
