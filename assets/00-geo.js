// Every boundary drawn here is ours. Plotly's geo subplots would otherwise fetch a topology from
// a content network: give them an empty one before they look.
window.PlotlyGeoAssets = {
  topojson: Object.fromEntries(
    ["world", "africa", "asia", "europe", "north-america", "south-america", "usa"].flatMap((scope) =>
      ["110m", "50m"].map((resolution) => [
        scope + "_" + resolution,
        {
          type: "Topology",
          arcs: [],
          objects: Object.fromEntries(
            ["coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"].map((layer) => [
              layer,
              { type: "GeometryCollection", geometries: [] },
            ])
          ),
        },
      ])
    )
  ),
};
// What the buttons of the map say; English is Plotly's own.
(() => {
  const french = {
    moduleType: "locale",
    name: "fr",
    dictionary: { "Zoom in": "Agrandir", "Zoom out": "Réduire", Reset: "Vue de départ" },
    format: {},
  };
  if (window.Plotly) window.Plotly.register(french);
  else window.PlotlyLocales = [french];
})();
