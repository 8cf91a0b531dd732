"""Reads OGC API Features with OWSLib, a client that Cordon had no part in: prints what it found as JSON.

Arguments: the landing page's address, a bearer token."""

import json
import sys

from owslib.ogcapi.features import Features

url, token = sys.argv[1:]
features = Features(url, headers={"Authorization": f"Bearer {token}"})
first = features.collection_items("gates", limit=10)
box = features.collection_items("gates", bbox=[121.005, 29, 121.025, 31])
filtered = features.collection_items("gates", filter="lanes < 3", limit=10)
print(json.dumps({
    "collections": features.feature_collections(),
    "conformance": len(features.conformance()["conformsTo"]),
    "api": features.api()["openapi"],
    "first": [feature["id"] for feature in first["features"]],
    "matched": first["numberMatched"],
    "box": [feature["id"] for feature in box["features"]],
    "filtered": [feature["id"] for feature in filtered["features"]],
    "queryables": sorted(features.collection_queryables("gates")["properties"]),
    "item": features.collection_item("gates", "g7")["properties"]["lanes"],
}))
